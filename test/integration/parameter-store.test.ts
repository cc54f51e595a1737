import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeAccounts } from '../../lib/adapters/aws/describe-account.ts';
import { ParameterStore } from '../../lib/adapters/aws/parameter-store.ts';
import { accountUrlKey } from '../../lib/foundation/certificate/object-keys.ts';
import { accountParameter } from '../../lib/issuance/ca/rules/account-parameter.ts';
import { type Moto, startMoto } from '../../local/moto/start.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
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

const put = (Name: string, Value: string, Description?: string) =>
  ssm.send(new PutParameterCommand({ Name, Value, Description, Type: 'SecureString', Overwrite: true }));

it('a parameter is read in clear, and removed once for all', async () => {
  await put('/a/one', 'first');
  expect(await parameters.get('/a/one')).toBe('first');
  for (const _ of ['removed', 'gone already']) await parameters.remove('/a/one');
  expect(await parameters.get('/a/one')).toBeUndefined();
});

it('an account that was not taken over yet shows its address without its key, and no other words for it', async () => {
  const directory = 'https://ca.test/directory';
  const store = new MemoryStore();
  const describeAccount = describeAccounts({ store, ssm, prefix: '/accounts' });
  const parameter = accountParameter(directory, '/accounts');
  await put(`${parameter}-next`, 'key');
  expect(await describeAccount(directory)).toBeUndefined();
  await put(parameter, 'key', 'https://ca.test/1');
  expect(await describeAccount(directory)).toEqual({ accountUri: 'https://ca.test/1' });
  await put(parameter, 'key', 'https://ca.test/2; do not touch');
  expect(await describeAccount(directory)).toEqual({ accountUri: undefined });
});

it('the address in the bucket counts before that of a parameter, if it is one', async () => {
  const directory = 'https://ca.test/taken-over';
  const store = new MemoryStore();
  const describeAccount = describeAccounts({ store, ssm, prefix: '/accounts' });
  await put(accountParameter(directory, '/accounts'), 'key', 'https://ca.test/1');
  await store.put(accountUrlKey(directory), '{"url":"https://ca.test/2"}');
  expect(await describeAccount(directory)).toEqual({ accountUri: 'https://ca.test/2' });
  for (const body of ['{"url":"https://ca.test/2; x"}', '[]', 'no JSON']) {
    await store.put(accountUrlKey(directory), body);
    expect(await describeAccount(directory), body).toEqual({ accountUri: undefined });
  }
});
