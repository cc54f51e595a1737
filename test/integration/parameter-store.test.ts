import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeParameter } from '../../lib/aws/describe-parameter.ts';
import { ParameterStore } from '../../lib/aws/parameter-store.ts';
import { type Moto, startMoto } from '../../local/moto/start.ts';
import { venvBin } from './fixtures/venv.ts';

let dir: string;
let moto: Moto;
let ssm: SSMClient;
let parameters: ParameterStore;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perennial-'));
  moto = await startMoto({ venvBin: await venvBin(), dir });
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  ssm = new SSMClient({ endpoint: moto.url, region: 'us-east-1', credentials });
  parameters = new ParameterStore(ssm);
});

afterAll(async () => {
  ssm?.destroy();
  await moto?.stop();
  await rm(dir, { recursive: true });
});

it('of two that create a parameter one wins', async () => {
  expect(await parameters.create('/a/one', 'first')).toBe(true);
  expect(await parameters.create('/a/one', 'second')).toBe(false);
  expect(await parameters.get('/a/one')).toBe('first');
});

it('a description is seen without the value, and changes with it', async () => {
  await parameters.create('/a/two', 'key', 'https://ca.test/1');
  expect(await describeParameter(ssm, '/a/two')).toEqual({ description: 'https://ca.test/1' });
  await parameters.replace('/a/two', 'key', 'https://ca.test/2');
  expect(await describeParameter(ssm, '/a/two')).toEqual({ description: 'https://ca.test/2' });
});

it('a parameter that is not there is none, and may be removed', async () => {
  await parameters.create('/a/three-next', 'key');
  expect(await describeParameter(ssm, '/a/three')).toBeUndefined();
  await parameters.remove('/a/three');
  expect(await parameters.get('/a/three')).toBeUndefined();
});
