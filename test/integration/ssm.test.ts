import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  CancelCommandCommand,
  CreateDocumentCommand,
  DescribeInstanceInformationCommand,
  GetCommandInvocationCommand,
  ListCommandInvocationsCommand,
  ListCommandsCommand,
  SendCommandCommand,
  type SendCommandCommandInput,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { Gateway } from '../../local/gateway/gateway.ts';
import type { EmitEvent } from '../../local/gateway/request.ts';
import { Host } from '../../local/hosts/host.ts';
import type { Hosts } from '../../local/hosts/hosts.ts';
import { type Moto, startMoto } from '../../local/moto/start.ts';
import { makeRunDir } from '../../local/run-dir.ts';
import { ensureSetup } from '../../local/setup.ts';
import { createSsm, type Ssm } from '../../local/ssm/ssm.ts';

const script = [
  '#!/bin/sh',
  'echo "said $SSM_word with {{ plain }} in $(ls /mnt)"',
  'case $SSM_word in fail) exit 3 ;; sleep) sleep 30 ;; long) head -c 30000 /dev/zero | tr "\\\\0" x ;; esac',
];
const content = {
  schemaVersion: '2.2',
  description: 'says a word',
  parameters: {
    word: { type: 'String', interpolationType: 'ENV_VAR', allowedPattern: '^[a-z]{1,5}$' },
    plain: { type: 'String', default: 'nothing' },
  },
  mainSteps: [
    { action: 'aws:runShellScript', name: 'say', inputs: { runCommand: script, timeoutSeconds: '1' } },
  ],
};

let dir: string;
let moto: Moto;
let ssm: Ssm;
let gateway: Gateway;
let client: SSMClient;
const hosts = new Map<string, Host>();
const events: Parameters<EmitEvent>[0][] = [];

function addHost(id: string, tags: Record<string, string>, online = true): void {
  const folder = join(dir, id);
  const env = { PATH: process.env.PATH ?? '', HOME: folder };
  const nginx = undefined as never;
  hosts.set(id, new Host({ id, tags, folder, env, tlsPort: 0, httpPort: 0, nginx }, online));
}

async function send(input: Omit<SendCommandCommandInput, 'DocumentName'>): Promise<string> {
  const { Command } = await client.send(new SendCommandCommand({ DocumentName: 'say-it', ...input }));
  await ssm.idle();
  return Command?.CommandId ?? '';
}

function invocation(CommandId: string, InstanceId: string) {
  return client.send(new GetCommandInvocationCommand({ CommandId, InstanceId }));
}

beforeAll(async () => {
  dir = await makeRunDir();
  moto = await startMoto({ venvBin: (await ensureSetup()).venvBin, dir });
  const registry = { get: (id: string) => hosts.get(id), all: () => [...hosts.values()] } as Hosts;
  ssm = createSsm({
    hosts: registry,
    deliveryLimitMs: 200,
    emit: async (event) => {
      events.push(event);
    },
  });
  gateway = new Gateway({ motoUrl: moto.url, services: { ssm } });
  await gateway.start();
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  client = new SSMClient({ endpoint: gateway.endpoint, region: 'us-east-1', credentials });
  await client.send(
    new CreateDocumentCommand({
      Name: 'say-it',
      DocumentType: 'Command',
      DocumentFormat: 'JSON',
      Content: JSON.stringify(content),
    }),
  );
});

beforeEach(async () => {
  hosts.clear();
  events.length = 0;
  for (const id of ['i-1', 'i-2', 'mi-3']) {
    addHost(id, { 'perennial-group': 'web' });
    await mkdir(join(dir, id, `mnt/of-${id}`), { recursive: true });
  }
});

afterAll(async () => {
  client?.destroy();
  await ssm?.stop();
  await gateway?.stop();
  await moto?.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('SendCommand', () => {
  test("runs the deployed document's script in the host's own view, parameters as environment variables", async () => {
    const id = await send({ InstanceIds: ['i-1'], Parameters: { word: ['hello'] } });
    expect(await invocation(id, 'i-1')).toMatchObject({
      Status: 'Success',
      ResponseCode: 0,
      StandardOutputContent: 'said hello with nothing in of-i-1\n',
    });
  });

  test('runs on every host with the tag, and tells each status change', async () => {
    const id = await send({
      Targets: [{ Key: 'tag:perennial-group', Values: ['web'] }],
      Parameters: { word: ['tag'] },
    });
    const { CommandInvocations } = await client.send(
      new ListCommandInvocationsCommand({ CommandId: id, Details: true }),
    );
    expect(CommandInvocations?.map((one) => [one.InstanceId, one.Status])).toEqual([
      ['i-1', 'Success'],
      ['i-2', 'Success'],
      ['mi-3', 'Success'],
    ]);
    const last = events.at(-1);
    expect(last).toMatchObject({
      source: 'aws.ssm',
      detailType: 'EC2 Command Status-change Notification',
      detail: { 'command-id': id, 'document-name': 'say-it', status: 'Success' },
    });
    expect(events.map((event) => event.resources?.[0])).toContain(
      'arn:aws:ssm:us-east-1:123456789012:managed-instance/mi-3',
    );
    expect(events.filter(({ detailType }) => detailType.includes('Invocation'))).toHaveLength(6);
  });

  test.each([
    ['an unknown document', { DocumentName: 'none' }, 'InvalidDocument'],
    ['an unknown parameter', { Parameters: { word: ['a'], other: ['b'] } }, 'InvalidParameters'],
    ['a missing parameter', { Parameters: {} }, 'InvalidParameters'],
    ['a value that its pattern forbids', { Parameters: { word: ['$(id)'] } }, 'InvalidParameters'],
    ['two values for a String', { Parameters: { word: ['a', 'b'] } }, 'InvalidParameters'],
    ['an unknown host', { InstanceIds: ['i-9'] }, 'InvalidInstanceId'],
    ['51 ids', { InstanceIds: Array.from({ length: 51 }, (_, n) => `i-${n}`) }, 'ValidationException'],
    ['a delivery limit under 30 s', { TimeoutSeconds: 5 }, 'ValidationException'],
  ])('refuses %s', async (_what, change, error) => {
    const input = { DocumentName: 'say-it', InstanceIds: ['i-1'], Parameters: { word: ['a'] }, ...change };
    await expect(client.send(new SendCommandCommand(input as SendCommandCommandInput))).rejects.toMatchObject(
      {
        name: error,
      },
    );
    expect(events).toEqual([]);
  });

  test('stops after the first error and keeps the rest from being sent', async () => {
    const id = await send({
      InstanceIds: ['i-1', 'i-2', 'mi-3'],
      Parameters: { word: ['fail'] },
      MaxConcurrency: '1',
    });
    expect(await invocation(id, 'i-1')).toMatchObject({ Status: 'Failed', ResponseCode: 3 });
    expect(await invocation(id, 'i-2')).toMatchObject({ Status: 'Cancelled', StatusDetails: 'Terminated' });
    const { Commands } = await client.send(new ListCommandsCommand({ CommandId: id }));
    expect(Commands).toMatchObject([{ Status: 'Failed', ErrorCount: 1, TargetCount: 3 }]);
  });

  test('times out undelivered on a host that is offline, which is no error for the others', async () => {
    addHost('i-2', {}, false);
    const id = await send({ InstanceIds: ['i-2', 'i-1'], Parameters: { word: ['a'] }, MaxConcurrency: '1' });
    expect(await invocation(id, 'i-2')).toMatchObject({
      Status: 'TimedOut',
      StatusDetails: 'DeliveryTimedOut',
    });
    expect(await invocation(id, 'i-1')).toMatchObject({ Status: 'Success' });
  });

  test('kills a script that runs longer than its step may', async () => {
    const id = await send({ InstanceIds: ['i-1'], Parameters: { word: ['sleep'] } });
    expect(await invocation(id, 'i-1')).toMatchObject({
      Status: 'TimedOut',
      StatusDetails: 'ExecutionTimedOut',
    });
  });

  test('cuts the output at 24,000 characters', async () => {
    const id = await send({ InstanceIds: ['i-1'], Parameters: { word: ['long'] } });
    expect((await invocation(id, 'i-1')).StandardOutputContent).toHaveLength(24_000);
  });

  test('says at once that nothing carries the tag', async () => {
    const Targets = [{ Key: 'tag:perennial-group', Values: ['none'] }];
    const id = await send({ Targets, Parameters: { word: ['a'] } });
    const { Commands } = await client.send(new ListCommandsCommand({ CommandId: id }));
    expect(Commands).toMatchObject([{ Status: 'Success', StatusDetails: 'NoInstancesInTag' }]);
  });
});

test('CancelCommand stops what runs', async () => {
  const sent = await client.send(
    new SendCommandCommand({ DocumentName: 'say-it', InstanceIds: ['i-1'], Parameters: { word: ['sleep'] } }),
  );
  const CommandId = sent.Command?.CommandId ?? '';
  await client.send(new CancelCommandCommand({ CommandId }));
  await ssm.idle();
  expect(await invocation(CommandId, 'i-1')).toMatchObject({ Status: 'Cancelled' });
});

test('DescribeInstanceInformation lists hosts by tag, page by page', async () => {
  for (let n = 10; n < 17; n += 1) addHost(`i-${n}`, { 'perennial-group': 'api' }, n % 2 === 0);
  const Filters = [{ Key: 'tag:perennial-group', Values: ['api'] }];
  const first = await client.send(new DescribeInstanceInformationCommand({ Filters, MaxResults: 5 }));
  const { NextToken } = first;
  const second = await client.send(
    new DescribeInstanceInformationCommand({ Filters, MaxResults: 5, NextToken }),
  );
  const pages = [first, second].map((page) => page.InstanceInformationList?.map((one) => one.PingStatus));
  expect(pages).toEqual([
    ['Online', 'ConnectionLost', 'Online', 'ConnectionLost', 'Online'],
    ['ConnectionLost', 'Online'],
  ]);
  expect(second.NextToken).toBeUndefined();
});
