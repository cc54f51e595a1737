import { once } from 'node:events';
import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, type Server } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from './certificate-authority.ts';
import { assertUnbroken, startProbe } from './tls-probe.ts';

const NAME = 'probe.example.com';
let root: string;
let pair: { cert: string; key: string };
const servers: (Server | NetServer)[] = [];
const threads: Worker[] = [];

beforeAll(async () => {
  const authority = await createAuthority();
  const { fullchain, privkey } = await authority.issue({ names: [NAME] });
  root = authority.root;
  pair = { cert: fullchain, key: privkey };
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
  for (const thread of threads.splice(0)) void thread.terminate();
});

/** A TLS server that begins each handshake only after `delayMs`; the port it listens on. */
async function serve(delayMs: number): Promise<number> {
  const tls = createTlsServer(pair);
  const front = createServer((socket: Socket) => {
    socket.on('error', () => {});
    setTimeout(() => tls.emit('connection', socket), delayMs);
  });
  tls.on('tlsClientError', () => {}).on('secureConnection', (socket) => socket.on('error', () => {}));
  servers.push(front);
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve));
  return (front.address() as { port: number }).port;
}

/** A TLS server that this thread does not hold up; the port it listens on. */
async function serveInThread(): Promise<number> {
  const program = `
    const { parentPort, workerData } = require('node:worker_threads');
    const server = require('node:tls').createServer(workerData).on('tlsClientError', () => {});
    server.on('secureConnection', (socket) => socket.on('error', () => {}));
    server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port));`;
  const thread = new Worker(program, { eval: true, workerData: pair });
  threads.push(thread);
  const [port] = await once(thread, 'message');
  return port as number;
}

async function probed(port: number, body: () => Promise<void> | void) {
  const stop = startProbe({ port, names: [NAME], ca: root });
  await body();
  return stop();
}

describe('the probe beside a fault', () => {
  it('goes on while its caller does nothing else for a second and a half', async () => {
    const seen = await probed(await serveInThread(), async () => {
      await sleep(300);
      const until = performance.now() + 1500;
      while (performance.now() < until);
      await sleep(20);
    });
    expect(() => assertUnbroken(seen)).not.toThrow();
    expect(seen.answers).toBeGreaterThan(1800 / 20 / 2);
  });

  it('finds a server that is slow, though it answers in the end', async () => {
    const seen = await probed(await serve(3000), () => sleep(2900));
    expect(seen.failures).toEqual([]);
    expect(() => assertUnbroken(seen)).toThrow(/probes a second/);
  });

  it('finds a server that is gone', async () => {
    const port = await serve(0);
    servers.splice(0).map((server) => server.close());
    const seen = await probed(port, () => sleep(100));
    expect(() => assertUnbroken(seen)).toThrow(/ECONNREFUSED/);
  });
});
