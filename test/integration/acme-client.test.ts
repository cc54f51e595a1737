import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AcmeClient } from '../../lib/adapters/acme/acme-client.ts';
import { type HttpsServer, startHttpsServer } from './fixtures/https-server.ts';

let server: HttpsServer;
/** It speaks http. */
let plain: Server;
let base: string;
let asked: Record<string, number>;
/** What each path answers; without one a 201 with a nonce. */
let answers: Record<string, { status: number; headers?: Record<string, string> } | 'reset'>;

beforeEach(async () => {
  asked = {};
  answers = {};
  server = await startHttpsServer((request, response) => {
    const path = request.url ?? '';
    asked[path] = (asked[path] ?? 0) + 1;
    const answer = answers[path] ?? { status: path === '/order' ? 201 : 200 };
    if (answer === 'reset') return void request.socket.destroy();
    const directory = { newNonce: `${base}/nonce`, newOrder: `${base}/order` };
    response.writeHead(answer.status, {
      'content-type': 'application/json',
      ...(path !== '/directory' && { 'replay-nonce': 'bm9uY2U' }),
      ...answer.headers,
    });
    response.end(JSON.stringify(path === '/directory' ? directory : {}));
  });
  base = server.url;
  plain = createServer((_, response) => void response.end()).listen(0, '127.0.0.1');
  await once(plain, 'listening');
});

afterEach(() => {
  server.stop();
  plain.close();
});

function order(directoryUrl = `${base}/directory`) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const accountKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const client = new AcmeClient({ directoryUrl, accountKey, accountUrl: `${base}/1` });
  return client.api.apiResourceRequest('newOrder', {}, [201]);
}

function closed(): string {
  server.stop();
  return base;
}

describe('rows 12 and 13: a request that fails', () => {
  it.each<[string, string, (typeof answers)[string], number]>([
    ['a CA that answers 500', '/order', { status: 500 }, 3],
    ['a CA that resets the connection', '/order', 'reset', 3],
    ['a directory that answers 503', '/directory', { status: 503 }, 3],
    ['a new-nonce that answers 503', '/nonce', { status: 503 }, 3],
    ['a new-nonce that is reset', '/nonce', 'reset', 3],
    [
      'a Retry-After, which is nothing to try again at once',
      '/order',
      { status: 503, headers: { 'retry-after': '7200' } },
      1,
    ],
    ['a 429 on new-nonce', '/nonce', { status: 429, headers: { 'retry-after': '7200' } }, 1],
  ])('of %s is asked at %s at most so often: %j, %i', async (_, path, answer, times) => {
    answers[path] = answer;
    await expect(order()).rejects.toMatchObject({ name: 'AcmeError' });
    expect(asked[path]).toBe(times);
  });

  it.each<[string, () => string, RegExp]>([
    [
      'speaks no TLS',
      () => `https://127.0.0.1:${(plain.address() as AddressInfo).port}`,
      /127\.0\.0\.1:\d+ cannot be reached: ERR_SSL_|wrong version/,
    ],
    [
      'has a name that does not resolve',
      () => 'https://ca.invalid',
      /ca\.invalid cannot be reached: (ENOTFOUND|EAI_AGAIN)/,
    ],
    ['is not there', closed, /127\.0\.0\.1:\d+ cannot be reached: ECONNREFUSED/],
  ])('of a CA that %s is told in one line', async (_, at, message) => {
    await expect(order(`${at()}/directory`)).rejects.toMatchObject({
      reason: 'ca-unreachable',
      message: expect.stringMatching(message),
    });
  });

  it('is none when all is well', async () => {
    await order();
    expect(asked).toEqual({ '/directory': 1, '/nonce': 1, '/order': 1 });
  });
});
