import { readdir, readFile, readlink } from 'node:fs/promises';

/**
 * Which of these processes holds the end of a TCP connection that has this port on 127.0.0.1; undefined when none does.
 * Source: proc_net(5), proc_pid_fd(5); Linux only.
 */
export async function socketOwner(port: number, pids: readonly number[]): Promise<number | undefined> {
  const sockets = await socketsAt(port);
  for (const pid of pids) if (await holds(pid, sockets)) return pid;
  return undefined;
}

/** Several, as connections to different servers may share a port of the client's. */
async function socketsAt(port: number): Promise<string[]> {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((table) => readFile(table, 'latin1').catch(() => '')),
  );
  return tables
    .flatMap((table) => table.split('\n').slice(1))
    .map((row) => row.trim().split(/\s+/))
    .filter(([, address = '']) => address.endsWith(local))
    .map((row) => `socket:[${row[9]}]`);
}

async function holds(pid: number, sockets: readonly string[]): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  const links = await Promise.all(descriptors.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.some((link) => sockets.includes(link));
}
