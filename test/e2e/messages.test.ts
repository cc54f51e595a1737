import {
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SendMessageCommand,
  SQSClient,
  StartMessageMoveTaskCommand,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedLine } from './deployed-line.ts';

const HOST = 'i-0123456789abcdef0';
const FILE = { hosts: ['web'], profile: 'classic' };
let line: DeployedLine;
let sqs: SQSClient;

beforeAll(async () => {
  const sites = ['dead.example.com', 'twice.example.com'].map((name) => ({
    serverName: name,
    lineage: name,
  }));
  line = await DeployedLine.start({
    hosts: [{ id: HOST, tags: { 'perennial-group': 'web' }, sites }],
    zones: ['example.com'],
  });
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  sqs = new SQSClient({ endpoint: line.cloud.endpoint, region: 'us-east-1', credentials });
});

afterAll(async () => {
  sqs?.destroy();
  await line?.stop();
});

async function queueUrl(logicalId: string): Promise<string> {
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const url = QueueUrls.find((candidate) => candidate.includes(`-${logicalId}-`));
  if (!url) throw new Error(`no queue ${logicalId} among ${QueueUrls.join(', ')}`);
  return url;
}

async function attributes(logicalId: string): Promise<Record<string, string>> {
  const query = new GetQueueAttributesCommand({
    QueueUrl: await queueUrl(logicalId),
    AttributeNames: ['All'],
  });
  return (await sqs.send(query)).Attributes ?? {};
}

const waiting = async (logicalId: string) =>
  Number((await attributes(logicalId)).ApproximateNumberOfMessages);

async function send(logicalId: string, detail: object): Promise<void> {
  const MessageBody = JSON.stringify({ detail });
  await sqs.send(new SendMessageCommand({ QueueUrl: await queueUrl(logicalId), MessageBody }));
}

async function hourlyCheck(): Promise<void> {
  await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
  await line.idle();
}

const lineage = async (name: string) =>
  JSON.parse((await line.text(`hosts/${HOST}.json`)) ?? '{}').lineages?.[name];
const versions = async (name: string) =>
  new Set((await line.keys(`archive/${name}/`)).map((key) => key.split('/')[2]));
const issued = () => line.cloud.caRequests(/POST \/finalize/);

describe('a message that cannot be handled', () => {
  it('lands among the dead letters after five tries, is sent again, and ends well', async () => {
    const denied = {
      status: 400,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: '{"__type":"AccessDeniedException","message":"not authorized"}',
    };
    line.cloud.faults.add({
      service: 'ssm',
      action: 'DescribeInstanceInformation',
      times: 99,
      effect: { kind: 'answer', response: denied },
    });
    await line.putAndWait('dead.example.com', { ...FILE, names: ['dead.example.com'] });
    await expect.poll(() => waiting('DeadLetters'), { timeout: 20_000 }).toBe(1);
    const failures = line.logged.filter((entry) => entry.line.message === 'message failed');
    expect(failures.map((entry) => entry.function)).toEqual(Array(5).fill('deploy'));
    expect(await lineage('dead.example.com')).toBeUndefined();
    line.cloud.faults.clear();
    const { QueueArn: SourceArn } = await attributes('DeadLetters');
    await sqs.send(new StartMessageMoveTaskCommand({ SourceArn }));
    await line.idle();
    expect(await waiting('DeadLetters')).toBe(0);
    expect(await lineage('dead.example.com')).toMatchObject({
      outcome: 'served',
      version: (await line.pointer('dead.example.com'))?.version,
    });
    expect(await versions('dead.example.com')).toHaveProperty('size', 1);
  });
});

describe('150 files that come at once', () => {
  const many = Array.from({ length: 150 }, (_, index) => `many-${index}`);

  it('are a few scans, none is overlooked, and in an account that may run three functions none is a dead letter', async () => {
    line.cloud.parts.aws.functions.setAccountConcurrency(3);
    const scans: string[] = [];
    line.cloud.onInvocation((name) => scans.push(name));
    const since = line.logged.length;
    await Promise.all(many.map((name) => line.put(`renewal/${name}.json`, { names: [`${name}.invalid`] })));
    await line.idle();
    const decided = line.logged
      .slice(since)
      .flatMap(({ line: { message, certificate } }) =>
        message === 'certificate decided' ? [(certificate as { name: string }).name] : [],
      );
    expect(new Set(decided)).toEqual(new Set(many));
    const count = scans.filter((name) => name.endsWith('-scan')).length;
    expect(count).toBeLessThan(16);
    for (const queue of ['FilesQueue', 'DeadLetters']) expect(await waiting(queue), queue).toBe(0);
    line.cloud.parts.aws.functions.setAccountConcurrency(Number.POSITIVE_INFINITY);
    for (const name of many) await line.remove(`renewal/${name}.json`);
  });
});

describe('messages', () => {
  const name = 'twice.example.com';
  const certificate = { name, reason: 'never-issued', replacing: null };
  const renewalDue = () => ({
    ca: line.cloud.directoryUrl,
    zoneIds: [line.zoneId('example.com').replace('/hostedzone/', '')],
    certificates: [certificate],
  });
  const deploymentDue = { group: 'web', reason: 'certificate-renewed', names: [name] };

  it('that come several times and before their time issue one certificate', async () => {
    const before = await issued();
    await send('DeployQueue', deploymentDue);
    await Promise.all([
      line.put(`renewal/${name}.json`, { ...FILE, names: [name] }),
      ...Array.from({ length: 4 }, () => send('RenewQueue', renewalDue())),
    ]);
    await line.idle();
    await hourlyCheck();
    expect(await issued()).toBe(before + 1);
    expect(await versions(name)).toHaveProperty('size', 1);
    expect((await lineage(name)).version).toBe((await line.pointer(name))?.version);
  });

  it('that come late, twice and the last first, change nothing', async () => {
    const [before, pointer, host] = [
      await issued(),
      await line.pointer(name),
      await line.text(`hosts/${HOST}.json`),
    ];
    const { commandId } = await lineage(name);
    const status = { 'command-id': commandId, 'instance-id': HOST, status: 'Success' };
    for (const _ of [1, 2]) {
      await send('ConfirmQueue', status);
      await send('DeployQueue', deploymentDue);
      await send('RenewQueue', renewalDue());
    }
    await line.idle();
    await hourlyCheck();
    expect(await issued()).toBe(before);
    expect(await line.pointer(name)).toEqual(pointer);
    expect(JSON.parse(host ?? '{}').lineages[name].version).toBe((await lineage(name)).version);
    expect(await line.keys('pending/')).toEqual([]);
    for (const queue of ['Renew', 'Deploy', 'Confirm']) expect(await waiting('DeadLetters'), queue).toBe(0);
  });

  it('that are lost are made up for by the next scan', async () => {
    const lost = {
      status: 200,
      headers: { 'content-type': 'application/x-amz-json-1.1' },
      body: '{"FailedEntryCount":0,"Entries":[{"EventId":"lost"}]}',
    };
    line.cloud.faults.add({
      service: 'events',
      action: 'PutEvents',
      effect: { kind: 'answer', response: lost },
    });
    await line.putAndWait('lost.example.com', { names: ['lost.example.com'], profile: 'classic' });
    line.cloud.faults.clear();
    expect(await line.pointer('lost.example.com')).toBeUndefined();
    await hourlyCheck();
    expect(await line.pointer('lost.example.com')).toBeDefined();
  });
});
