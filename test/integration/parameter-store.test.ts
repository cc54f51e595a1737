import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeAccounts } from '../../lib/adapters/aws/describe-account.ts';
import { ParameterStore } from '../../lib/adapters/aws/parameter-store.ts';
import { accountParameter } from '../../lib/issuance/ca/rules/account-parameter.ts';
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

it('an account shows its address without its key, and no other words for it', async () => {
  const directory = 'https://ca.test/directory';
  const describeAccount = describeAccounts(ssm, '/accounts');
  const parameter = accountParameter(directory, '/accounts');
  await parameters.create(`${parameter}-next`, 'key');
  expect(await describeAccount(directory)).toBeUndefined();
  await parameters.create(parameter, 'key', 'https://ca.test/1');
  expect(await describeAccount(directory)).toEqual({ accountUri: 'https://ca.test/1' });
  await parameters.replace(parameter, 'key', 'https://ca.test/2');
  expect(await describeAccount(directory)).toEqual({ accountUri: 'https://ca.test/2' });
  await parameters.replace(parameter, 'key', 'https://ca.test/2; do not touch');
  expect(await describeAccount(directory)).toEqual({ accountUri: undefined });
});

it('a parameter that is not there may be removed', async () => {
  await parameters.remove('/a/nobody');
  expect(await parameters.get('/a/nobody')).toBeUndefined();
});
