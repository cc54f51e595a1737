import { createServer, type Server as NetServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createServer as createTlsServer, type Server } from 'node:tls';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createAuthority } from './certificate-authority.ts';
import { assertUnbroken, startProbe } from './tls-probe.ts';

const NAME = 'probe.example.com';
let root: string;
let pair: { cert: string; key: string };
const servers: (Server | NetServer)[] = [];

beforeAll(async () => {
  const authority = await createAuthority();
  const { fullchain, privkey } = await authority.issue({ names: [NAME] });
  root = authority.root;
  pair = { cert: fullchain, key: privkey };
});

afterEach(() => {
  for (const server of servers.splice(0)) server.close();
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

async function probed(port: number, body: () => Promise<void> | void) {
  const stop = startProbe({ port, names: [NAME], ca: root });
  await body();
  return stop();
}

describe('the probe beside a fault', () => {
  it('holds nothing against a server that answers while this process does nothing else for a second and a half', async () => {
    const seen = await probed(await serve(0), async () => {
      await sleep(300);
      const until = performance.now() + 1500;
      while (performance.now() < until);
      await sleep(20);
    });
    expect(() => assertUnbroken(seen)).not.toThrow();
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
