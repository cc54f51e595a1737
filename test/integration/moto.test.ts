import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Moto, startMoto } from '../../local/moto/start.ts';
import { ensureSetup } from '../../local/setup.ts';

const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=key/20261120/us-east-1/s3/aws4_request, SignedHeaders=host';
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let dir: string;
let moto: Moto;

beforeAll(async () => {
  const { venvBin } = await ensureSetup();
  dir = await mkdtemp(join(tmpdir(), 'perennial-moto-'));
  moto = await startMoto({ venvBin, dir });
});

afterAll(async () => {
  agent.destroy();
  await moto?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function ask(method: string, path: string, body = '') {
  const headers = { authorization: AUTHORIZATION, 'content-length': Buffer.byteLength(body) };
  const sent = request(`${moto.url}${path}`, { agent, method, headers }).end(body);
  const [response] = await once(sent, 'response');
  return { status: response.statusCode, text: await text(response), reused: sent.reusedSocket };
}

it('answers call after call over one connection, whatever was done with their bodies', async () => {
  expect(await ask('PUT', '/kept')).toMatchObject({ status: 200, reused: false });
  expect(await ask('PUT', '/kept/a%2Fb', 'content')).toMatchObject({ status: 200, reused: true });
  expect(
    await ask('POST', '/deployed-code/arn:aws:lambda:us-east-1:1:function:x', 'nobody reads this'),
  ).toEqual({
    status: 404,
    text: expect.any(String),
    reused: true,
  });
  expect(await ask('HEAD', '/kept/a%2Fb')).toEqual({ status: 200, text: '', reused: true });
  expect(await ask('GET', '/kept/a%2Fb')).toEqual({ status: 200, text: 'content', reused: true });
  expect(await ask('DELETE', '/kept/a%2Fb')).toMatchObject({ status: 204, reused: true });
  expect(await ask('GET', '/kept/a%2Fb')).toMatchObject({ status: 404, reused: true });
});
