import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { decode, encode } from 'dns-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PublicSiteObserver } from '../../lib/adapters/net/public-site-observer.ts';

const NEVER = new AbortController().signal;
/** Takes connections and says nothing. */
const silent = createServer();
/** Leads every name to this machine, and one name nowhere. */
const dns = createSocket('udp4');
let taken = 0;

beforeAll(async () => {
  silent.on('connection', (socket) => {
    taken += 1;
    socket.on('error', () => undefined);
  });
  await once(silent.listen(0, '127.0.0.1'), 'listening');
  dns.on('message', (message, { port, address }) => {
    const { id, questions = [] } = decode(message);
    const [question] = questions;
    const answers =
      question?.type === 'A' && question.name !== 'nowhere.example.com'
        ? [{ type: 'A' as const, name: question.name, ttl: 1, data: '127.0.0.1' }]
        : [];
    dns.send(encode({ type: 'response', id, questions, answers }), port, address);
  });
  dns.bind(0, '127.0.0.1');
  await once(dns, 'listening');
});

afterAll(() => {
  silent.close();
  dns.close();
});

const look = (privatePorts?: { tls: number; http: number }) =>
  new PublicSiteObserver({ dns: { resolver: '127.0.0.1', port: dns.address().port }, privatePorts });
const port = () => (silent.address() as AddressInfo).port;

describe('a look at a site', () => {
  it('gives up on a host that takes the connection and says nothing', async () => {
    const begun = performance.now();
    const facts = await look({ tls: port(), http: port() }).observe('example.com', NEVER);
    expect(facts.served).toEqual([{ address: '127.0.0.1', error: 'no answer within 5 s' }]);
    expect(performance.now() - begun).toBeLessThan(15_000);
  });

  it('ends at once when its time is over', async () => {
    const begun = performance.now();
    await look({ tls: port(), http: port() }).observe('example.com', AbortSignal.timeout(100));
    expect(performance.now() - begun).toBeLessThan(4_000);
  });

  it('never connects to an address that is not public', async () => {
    const before = taken;
    const facts = await look().observe('example.com', NEVER);
    expect(facts).toMatchObject({ addresses: ['127.0.0.1'], served: [] });
    expect(taken).toBe(before);
  });

  it('tells a name without an address from a DNS that does not answer', async () => {
    expect((await look().observe('nowhere.example.com', NEVER)).addresses).toEqual([]);
    const nobody = new PublicSiteObserver({
      dns: { resolver: '127.0.0.1', port: 9 },
      privatePorts: undefined,
    });
    expect((await nobody.observe('example.com', NEVER)).addresses).toMatchObject({
      error: expect.any(String),
    });
  });
});
