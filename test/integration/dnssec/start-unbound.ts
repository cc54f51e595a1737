import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFreePort } from '../../../local/hosts/free-port.ts';
import { makeRunDir } from '../../../local/run-dir.ts';

export interface Unbound {
  port: number;
  stop(): Promise<void>;
}

const START_LIMIT_MS = 20_000;

/** Starts Unbound, which validates: each zone is asked at its port on the loopback address, and trusted by its DS if one is given. */
export async function startUnbound(
  program: string,
  zones: readonly { name: string; port: number; ds?: string | undefined }[],
): Promise<Unbound> {
  const directory = join(await makeRunDir(), 'unbound');
  await mkdir(directory, { recursive: true });
  const port = await findFreePort();
  const server = [
    `interface: 127.0.0.1@${port}`,
    'do-daemonize: no',
    'username: ""',
    'chroot: ""',
    `directory: "${directory}"`,
    'pidfile: ""',
    'use-syslog: no',
    'do-not-query-localhost: no',
    'module-config: "validator iterator"',
    'ede: yes',
    'qname-minimisation: no',
    // Its own answer for names that no one else has (RFC 6761).
    'local-zone: "test." nodefault',
    ...zones.flatMap(({ ds }) => (ds === undefined ? [] : `trust-anchor: "${ds}"`)),
  ];
  const stubs = zones.map(
    ({ name, port: at }) => `stub-zone:\n  name: "${name}"\n  stub-addr: 127.0.0.1@${at}\n`,
  );
  const file = join(directory, 'unbound.conf');
  const control = 'remote-control:\n  control-enable: no\n';
  await writeFile(
    file,
    `server:\n${server.map((line) => `  ${line}\n`).join('')}${control}${stubs.join('')}`,
  );
  const child = spawn(program, ['-d', '-c', file], { stdio: ['ignore', 'ignore', 'pipe'] });
  const exited = once(child, 'exit');
  const said: string[] = [];
  child.stderr.on('data', (text) => said.push(String(text)));
  const deadline = performance.now() + START_LIMIT_MS;
  while (!(await isOpen(port))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`Unbound did not start: ${said.join('')}`);
    await sleep(50);
  }
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });
}
