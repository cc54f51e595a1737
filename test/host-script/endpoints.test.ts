import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { selfSign } from '../../local/hosts/self-signed.ts';
import { type BareHost, startBareHost } from '../fakes/bare-host.ts';

/** Beside 127.0.0.1, where the host's server listens. */
const OTHER = '127.0.9.1';
const LISTEN = `require('node:net').createServer().listen({ host: process.argv[1], port: process.argv[2], backlog: 1 }, () => console.log('ready'))`;

let host: BareHost;
let stopListening: () => void;
beforeEach(async () => {
  host = await startBareHost();
  stopListening = () => {};
  const { port } = host.server;
  const listed = ['127.0.0.1', OTHER].map((address) => `LISTEN 0 128 ${address}:${port} 0.0.0.0:*`);
  host.program('ss', `printf '%s\\n' ${listed.map((line) => `'${line}'`).join(' ')}`);
});
afterEach(async () => {
  stopListening();
  await host?.stop();
});

/** Nobody accepts, and the queue is full, so that the kernel drops what comes. */
async function swallow(port: number) {
  const child = spawn(process.execPath, ['-e', LISTEN, OTHER, String(port)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  const queued = Array.from({ length: 4 }, () => connect({ host: OTHER, port }).on('error', () => {}));
  stopListening = () => {
    for (const socket of queued) socket.destroy();
    child.kill('SIGKILL');
  };
}

/** Each connection is accepted, and nothing is said. */
async function keepSilent(port: number) {
  const accepted: Socket[] = [];
  const server = createServer((socket) => accepted.push(socket.on('error', () => {}))).listen(port, OTHER);
  await once(server, 'listening');
  stopListening = () => {
    for (const socket of accepted) socket.destroy();
    server.close();
  };
}

describe('a certificate of many names is seen where it is served', () => {
  test.each([
    ['swallows packets, and is tried once', swallow, 1],
    ['stays silent, and is not asked about each name', keepSilent, 19],
  ])('while another address %s', { timeout: 120_000 }, async (_, listen, most) => {
    const names = Array.from({ length: 20 }, (_, index) => `n${index}.example`);
    await writeLineage(host.root, 'a', await selfSign({ names }), 'perennial');
    for (const name of names) host.server.serve(name, 'a');
    host.publish('a', await selfSign({ names }));
    const tries = join(host.bucket, 'tries');
    host.program(
      'openssl',
      `case $* in *'-connect ${OTHER}:'*) echo x >>${tries} ;; esac\nexec /usr/bin/openssl "$@"`,
    );
    await listen(host.server.port);
    const { results } = await host.install('a', { address: '' });
    expect(results).toMatchObject([{ outcome: 'served', served: names.sort() }]);
    expect(readFileSync(tries, 'utf8').match(/x/g)?.length).toBeLessThanOrEqual(most);
  });

  test('where a server has a listener for each of its workers at another address', async () => {
    const { port } = host.server;
    const listed = [...Array(9).fill(OTHER), '127.0.0.1'].map(
      (at) => `'LISTEN 0 128 ${at}:${port} 0.0.0.0:*'`,
    );
    host.program('ss', `printf '%s\\n' ${listed.join(' ')}`);
    await writeLineage(host.root, 'a', await selfSign({ names: ['a.example'] }), 'perennial');
    host.server.serve('a.example', 'a');
    host.publish('a', await selfSign({ names: ['a.example'] }));
    const { results } = await host.install('a', { address: '' });
    expect(results).toMatchObject([{ outcome: 'served', served: ['a.example'] }]);
  });
});
