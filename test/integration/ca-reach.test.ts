import type { RequestListener } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, it, vi } from 'vitest';
import { readDirectory } from '../../lib/adapters/acme/directory.ts';
import { AcmeTransport } from '../../lib/adapters/acme/transport.ts';
import { type HttpsServer, startHttpsServer } from './fixtures/https-server.ts';

let server: HttpsServer;
let listen: RequestListener;
let url: string;
let asked: string[] = [];

beforeAll(async () => {
  server = await startHttpsServer((request, response) => {
    asked.push(request.url ?? '');
    // A connection that was made when it was allowed would be used again.
    response.setHeader('connection', 'close');
    listen(request, response);
  });
  url = server.url;
});

afterEach(() => {
  vi.unstubAllEnvs();
  asked = [];
});

afterAll(() => server?.stop());

const get = (address: string) => new AcmeTransport({ timeoutMs: 5_000 }).request(address, 'get');

it('a CA that redirects is refused with where to, and nobody is asked there', async () => {
  listen = (_, response) => void response.writeHead(302, { location: `${url}/inner` }).end();
  await expect(get(`${url}/directory`)).rejects.toThrow(`redirects to ${url}/inner; no redirect is followed`);
  expect(asked).toEqual(['/directory']);
});

it.each([
  ['an address of this machine', () => url],
  ['a name that leads to this machine', () => url.replace('127.0.0.1', 'localhost')],
])('%s is not asked by a stack that is not local', async (_, address) => {
  listen = (_request, response) => void response.end('{}');
  expect(await get(`${address()}/directory`)).toMatchObject({ status: 200 });
  asked = [];
  vi.stubEnv('CA_AT_LOOPBACK', '');
  await expect(get(`${address()}/directory`)).rejects.toThrow(/public IPv4 address/);
  expect(asked).toEqual([]);
});

it.each([
  ['http://169.254.169.254/latest', 'is no https address'],
  ['https://169.254.169.254/latest', 'is no public IPv4 address'],
  ['https://10.0.0.1/directory', 'is no public IPv4 address'],
  ['https://[::1]/directory', 'is no public IPv4 address'],
  ['https://[fd00:ec2::254]/latest', 'is no public IPv4 address'],
  ['https://user:secret@ca.test/directory', 'has a user in it'],
  ['file:///etc/passwd', 'is no https address'],
  ['nothing', 'is no address'],
])('%s is never asked, whoever names it', async (address, complaint) => {
  await expect(get(address)).rejects.toMatchObject({
    reason: 'ca-answer-malformed',
    seen: expect.stringContaining(complaint),
  });
});

it.each(['ca.test; accounturi=https://evil.test/1', 'ca.test"', 'CA', '', '*.ca.test', 'x'.repeat(300)])(
  'a CA that calls itself %j in CAA is refused',
  async (identity) => {
    listen = (_, response) => {
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ newOrder: `${url}/order`, meta: { caaIdentities: [identity] } }));
    };
    await expect(readDirectory(`${url}/directory`)).rejects.toMatchObject({ reason: 'ca-answer-malformed' });
  },
);
