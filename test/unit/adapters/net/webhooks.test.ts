import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { webhooks } from '../../../../lib/adapters/net/webhooks.ts';

const SECRET = '/services/T0/B012345678/x1y2z3a4b5c6?sig=q9r8s7t6u5';
let server: Server;

afterEach(() => {
  server.closeAllConnections();
  server.close();
});

async function postTo(answer: RequestListener): Promise<string> {
  server = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  const told = await webhooks.post(`http://127.0.0.1:${port}${SECRET}`, {}).catch((error) => error.message);
  return String(told).replace(String(port), 'PORT');
}

describe('a webhook that refuses', () => {
  it.each<[string, RequestListener, string]>([
    [
      'does not have its path in what is told, as servers say it',
      ({ url }, answer) => answer.writeHead(404).end(`Cannot POST ${url}`),
      '127.0.0.1:PORT answered 404: Cannot POST /…/T0/…/…?sig=…',
    ],
    [
      'does not have a part of it there either, where the words are cut',
      ({ url }, answer) => answer.writeHead(404).end(`${'-'.repeat(90)}${url}`),
      `127.0.0.1:PORT answered 404: ${'-'.repeat(90)}/…/T0/…/…?sig=…`,
    ],
    [
      'is told as it is where it leads elsewhere',
      (_, answer) => answer.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(),
      '127.0.0.1:PORT answered 302',
    ],
    [
      'is told by its first words, on one line, where its answer has no end',
      (_, answer) => {
        answer.writeHead(500);
        const more = () => answer.write('no\n'.repeat(10_000), more);
        more();
      },
      `127.0.0.1:PORT answered 500: ${'no '.repeat(40).trim()}`,
    ],
  ])('%s', async (_, answer, message) => expect(await postTo(answer)).toBe(message));
});
