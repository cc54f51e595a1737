import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type Answer, decode, encode } from 'dns-packet';
import { DnsResolver } from '../../../lib/adapters/net/node-resolver.ts';
import { followCnames } from '../../../lib/issuance/dns/follow-cnames.ts';
import type { Attack } from '../attack.ts';
import { assertPrintable } from '../stack.ts';

/** A resolver on this machine that answers what it likes; `asked` counts. */
async function startResolver(answer: (name: string, type: string) => Answer[]) {
  const socket = createSocket('udp4');
  const counted = { asked: 0 };
  socket.on('message', (message, { port, address }) => {
    counted.asked += 1;
    const { id, questions = [] } = decode(message);
    const [{ name = '', type = '' } = {}] = questions;
    socket.send(
      encode({ type: 'response', id, questions, answers: answer(name, String(type)) }),
      port,
      address,
    );
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const resolver = new DnsResolver({ resolver: '127.0.0.1', port: socket.address().port, tries: 1 });
  return { resolver, counted, stop: () => socket.close() };
}

export const DNS_RESOLVER: readonly Attack[] = [
  {
    tried: 'answers every CNAME with another name, without end',
    must: '`cname-loop` after nine, in one printable line',
    quick: true,
    async run() {
      let next = 0;
      const { resolver, counted, stop } = await startResolver((name) => {
        next += 1;
        return [{ type: 'CNAME', name, ttl: 0, data: `n${next}.evil.example` }];
      });
      try {
        await assert.rejects(followCnames(resolver, '_acme-challenge.example.com'), /CNAMEs/);
        assert.ok(counted.asked <= 12, `${counted.asked} questions`);
        return `${counted.asked} questions`;
      } finally {
        stop();
      }
    },
  },
  {
    tried:
      'points a CNAME at itself, and one at a name with line breaks and characters that turn writing round',
    must: '`cname-loop`; the name is told as one printable line',
    quick: true,
    async run() {
      const target = 'evil\r\nx\u001b[2J.example';
      const { resolver, stop } = await startResolver((name) => [
        { type: 'CNAME', name, ttl: 0, data: target },
      ]);
      try {
        const error = await followCnames(resolver, 'a.example.com').then(
          (found) => assert.fail(`followed to ${found}`),
          (cause: Error) => cause,
        );
        assertPrintable(error.message, JSON.stringify(error.message));
        return 'told';
      } finally {
        stop();
      }
    },
  },
];
