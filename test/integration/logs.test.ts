import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { StackLogs } from '../../cli/logs/read-logs.ts';
import type { DeployedStack } from '../../cli/stack/find-stack.ts';
import { checkRequest } from '../../local/api-models/check-request.ts';
import { loadModels } from '../../local/api-models/load-models.ts';
import { Gateway } from '../../local/gateway/gateway.ts';
import { FunctionLogs } from '../../local/logs/function-logs.ts';
import { createLogs } from '../../local/logs/logs.ts';
import { type Moto, startMoto } from '../../local/moto/start.ts';
import { venvBin } from './fixtures/venv.ts';

const STACK: DeployedStack = {
  name: 'perennial-local',
  stage: 'local',
  region: 'us-east-1',
  bucket: 'bucket',
  functionName: (name) => name,
};
/** `perennial-local-eu` is a stack of its own, and begins like this one. */
const GROUPS = ['perennial-local-renew', 'perennial-local-scan', 'perennial-local-eu-scan', 'other'];
const functionLogs = new FunctionLogs();
let dir: string;
let moto: Moto;
let gateway: Gateway;
let logs: StackLogs;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perennial-'));
  const venv = await venvBin();
  const models = loadModels(venv);
  moto = await startMoto({ venvBin: venv, dir });
  gateway = new Gateway({
    motoUrl: moto.url,
    services: { logs: createLogs(functionLogs) },
    complaintsAbout: (request) => checkRequest(models, request),
  });
  await gateway.start();
  vi.stubEnv('AWS_ENDPOINT_URL', gateway.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
  const client = new CloudWatchLogsClient({ region: 'us-east-1' });
  for (const name of GROUPS)
    await client.send(new CreateLogGroupCommand({ logGroupName: `/aws/lambda/${name}` }));
  client.destroy();
  logs = new StackLogs(STACK);
});

afterAll(async () => {
  logs?.close();
  vi.unstubAllEnvs();
  await gateway?.stop();
  await moto?.stop();
  await rm(dir, { recursive: true, force: true });
});

it('finds the log groups of the stack, and of no other that begins like it', async () => {
  expect(Object.fromEntries(await logs.groups())).toEqual({
    '/aws/lambda/perennial-local-renew': 'renew',
    '/aws/lambda/perennial-local-scan': 'scan',
  });
});

it('reads what functions printed, page by page, the oldest line first', async () => {
  const from = new Date();
  for (let index = 0; index < 12_000; index += 1) functionLogs.add('perennial-local-renew', `shop ${index}`);
  functionLogs.add('perennial-local-scan', 'example.com decided');
  functionLogs.add('perennial-local-renew', 'example.com renewed');
  const groups = await logs.groups();
  expect(await logs.since(groups, from, 'example.com')).toMatchObject([
    { function: 'scan', line: 'example.com decided' },
    { function: 'renew', line: 'example.com renewed' },
  ]);
  const shop = await logs.since(groups, from, 'shop');
  expect(shop.map(({ line }) => line)).toEqual(Array.from({ length: 12_000 }, (_, index) => `shop ${index}`));
  expect(await logs.since(groups, new Date(Date.now() + 60_000), 'shop')).toEqual([]);
});

it('passes over a group that is removed meanwhile', async () => {
  const gone = new Map([['/aws/lambda/perennial-local-gone', 'gone']]);
  expect(await logs.since(gone, new Date(0), 'x')).toEqual([]);
});

it("asks as AWS's API model has it", () => {
  expect(gateway.calls.nonconforming).toEqual([]);
});
