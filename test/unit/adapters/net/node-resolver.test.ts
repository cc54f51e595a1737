import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import * as dnsPacket from 'dns-packet';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { DnsResolver } from '../../../../lib/adapters/net/node-resolver.ts';

const SERVFAIL = 2;
const socket = createSocket('udp4');
let resolver: DnsResolver;

/** `four` and `six` have an A and an AAAA; of any other question, and of the other type, the server fails. */
beforeAll(async () => {
  socket.on('message', (message, { port, address }) => {
    const asked = dnsPacket.decode(message);
    const [question] = asked.questions ?? [];
    const { name = '', type = '' } = question ?? {};
    const ns = (data: string): dnsPacket.Answer => ({ name, type: 'NS', data });
    const has: Record<string, dnsPacket.Answer[]> = {
      'A four.example': [{ name, type: 'A', data: '192.0.2.1' }],
      'AAAA six.example': [{ name, type: 'AAAA', data: '2001:db8::1' }],
      'NS zone.example': [ns('none.example'), ns('four.example')],
      'NS lost.example': [ns('none.example')],
    };
    const answers = has[`${type} ${name}`] ?? [];
    const flags = answers.length > 0 ? 0 : SERVFAIL;
    socket.send(
      dnsPacket.encode({
        type: 'response',
        id: asked.id ?? 0,
        flags,
        questions: asked.questions ?? [],
        answers,
      }),
      port,
      address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  resolver = new DnsResolver({ resolver: '127.0.0.1', port: socket.address().port, tries: 1 });
});
afterAll(() => void socket.close());

it('has the IPv4 addresses of a name whose servers do not answer for AAAA (RFC 4074)', async () => {
  expect(await resolver.addresses('four.example')).toEqual(['192.0.2.1']);
});

it.each(['six.example', 'none.example'])(
  'of %s, whose servers do not answer for A, has none',
  async (name) => {
    await expect(resolver.addresses(name)).rejects.toMatchObject({ reason: 'dns-unavailable' });
  },
);

it('has the name servers of a zone of which one has no address now', async () => {
  expect(await resolver.nameServers('zone.example')).toEqual([
    { server: 'four.example', address: '192.0.2.1' },
  ]);
  await expect(resolver.nameServers('lost.example')).rejects.toMatchObject({ reason: 'dns-unavailable' });
});
