import { readdir, readFile, readlink } from 'node:fs/promises';
import type { Connection } from '../gateway/request.ts';

/**
 * Which of these processes is the caller of a connection; undefined when none is.
 * Source: proc_net(5), proc_pid_fd(5); Linux only.
 */
export async function socketOwner(
  connection: Connection,
  pids: readonly number[],
): Promise<number | undefined> {
  const sockets = await socketsOf(connection);
  for (const pid of pids) if (await holds(pid, sockets)) return pid;
  return undefined;
}

/** Both ports count: Linux gives one port to several callers as long as they talk to different servers. */
async function socketsOf({ callerPort, serverPort }: Connection): Promise<string[]> {
  const tables = await Promise.all(
    ['/proc/net/tcp', '/proc/net/tcp6'].map((table) => readFile(table, 'latin1').catch(() => '')),
  );
  // Addresses stand there as `0100007F:A7C2`, the caller's own first.
  const ports = `:${hex(callerPort)} [0-9A-F]+:${hex(serverPort)} `;
  const rows = tables.flatMap((table) => table.match(new RegExp(`^.*${ports}.*$`, 'gm')) ?? []);
  return rows.map((row) => `socket:[${row.trim().split(/\s+/)[9]}]`);
}

const hex = (port: number) => port.toString(16).toUpperCase().padStart(4, '0');

async function holds(pid: number, sockets: readonly string[]): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  const descriptors = await readdir(folder).catch(() => []);
  const links = await Promise.all(descriptors.map((fd) => readlink(`${folder}/${fd}`).catch(() => '')));
  return links.some((link) => sockets.includes(link));
}
