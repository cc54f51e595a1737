import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { CopyObjectCommand, DeleteObjectsCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { GetDocumentCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { LocalAws } from '../../local/aws.ts';
import { type Moto, startMoto } from '../../local/moto/start.ts';
import { deployStack } from './fixtures/stack.ts';
import { venvBin } from './fixtures/venv.ts';

let dir: string;
let moto: Moto;
let aws: LocalAws;
let s3: S3Client;
let sqs: SQSClient;
let events: EventBridgeClient;
const lines: string[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perennial-'));
  moto = await startMoto({ venvBin: await venvBin(), dir });
  aws = new LocalAws({
    motoUrl: moto.url,
    codeDir: dir,
    queueRetryAfterMs: 0,
    asyncRetryDelaysMs: [1, 1],
    onLine: (_, line) => lines.push(line),
  });
  await aws.start();
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const settings = { endpoint: aws.gateway.endpoint, region: 'us-east-1', credentials };
  s3 = new S3Client(settings);
  sqs = new SQSClient(settings);
  events = new EventBridgeClient(settings);
  await deployStack(aws.gateway.endpoint, s3);
  await aws.adapt();
});

afterAll(async () => {
  for (const client of [s3, sqs, events]) client?.destroy();
  await aws?.stop();
  await moto?.stop();
  await rm(dir, { recursive: true });
});

beforeEach(() => {
  lines.length = 0;
});

const queueUrl = (name: string) => `${aws.gateway.endpoint}/123456789012/${name}`;
const send = (body: string) =>
  sqs.send(new SendMessageCommand({ QueueUrl: queueUrl('work'), MessageBody: body }));
const idle = () => expect.poll(() => aws.activity(), { timeout: 15_000, interval: 50 }).toEqual([]);
const printed = (kind: string) => lines.filter((line) => line.startsWith(kind));
const deadLetters = async () => {
  const query = new ReceiveMessageCommand({ QueueUrl: queueUrl('dead'), MaxNumberOfMessages: 10 });
  return ((await sqs.send(query)).Messages ?? []).map(({ Body }) => Body);
};

describe('an event', () => {
  const put = (DetailType: string, detail: object) => {
    const entry = { Source: 'it', DetailType, Detail: JSON.stringify(detail) };
    return events.send(new PutEventsCommand({ Entries: [entry] }));
  };

  it('reaches the function behind the queue of a matching rule', async () => {
    await put('Work Due', { name: 'example.com' });
    await expect.poll(() => printed('message')).toHaveLength(1);
    await idle();
    const event = JSON.parse(printed('message')[0]?.split(' ').slice(2).join(' ') ?? '');
    expect(event).toMatchObject({ source: 'it', 'detail-type': 'Work Due', detail: { name: 'example.com' } });
    expect(event.time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
  });

  it('that no rule matches reaches nobody', async () => {
    await put('Work Done', {});
    await idle();
    expect(printed('message')).toEqual([]);
  });

  it('does not reach a queue whose policy does not name the rule', async () => {
    await put('Not Allowed', {});
    await idle();
    expect(printed('message')).toEqual([]);
    expect(lines.join()).toContain('the policy of the queue does not let EventBridge send');
  });

  it('is refused when its detail is no JSON object', async () => {
    const entry = { Source: 'it', DetailType: 'Work Due', Detail: 'nonsense' };
    const answer = await events.send(new PutEventsCommand({ Entries: [entry] }));
    expect(answer).toMatchObject({ FailedEntryCount: 1, Entries: [{ ErrorCode: 'MalformedDetail' }] });
  });
});

describe('a queue', () => {
  it('hands the function at most a batch at once, and keeps nothing that was processed', async () => {
    await Promise.all(['1', '2', '3', '4', '5'].map(send));
    await idle();
    expect(
      printed('message')
        .map((line) => line.split(' ')[2])
        .sort(),
    ).toEqual(['1', '2', '3', '4', '5']);
  });

  it('delivers only the failed message of a batch again, then moves it to the dead-letter queue', async () => {
    await Promise.all([send('fail'), send('good')]);
    await idle();
    expect(printed('message 1 good')).toHaveLength(1);
    expect(printed('message 1 fail')).toHaveLength(1);
    expect(printed('message 2 fail')).toHaveLength(1);
    expect(printed('message 2 good')).toEqual([]);
    expect(await deadLetters()).toEqual(['fail']);
  });

  it('delivers a batch again whose function threw', async () => {
    await send('throw');
    await idle();
    expect(printed('message')).toEqual(['message 1 throw', 'message 2 throw']);
    expect(await deadLetters()).toEqual(['throw']);
  });

  it('has what is sent with a delay as soon as the messages of a failed batch', async () => {
    const delayed = { QueueUrl: queueUrl('work'), MessageBody: 'later', DelaySeconds: 60 };
    await sqs.send(new SendMessageCommand(delayed));
    await idle();
    expect(printed('message')).toEqual(['message 1 later']);
  });
});

describe('a change in a bucket', () => {
  const told = () => printed('event').map((line) => JSON.parse(line.slice('event '.length)));

  it('is an event: put', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'shelf', Key: 'renewal/a b.json', Body: 'four' }));
    await expect.poll(told).toHaveLength(1);
    expect(told()[0]).toMatchObject({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      resources: ['arn:aws:s3:::shelf'],
      detail: {
        bucket: { name: 'shelf' },
        object: {
          key: 'renewal/a b.json',
          size: 4,
          etag: expect.stringMatching(/^[0-9a-f]{32}$/),
          'version-id': expect.any(String),
        },
        reason: 'PutObject',
      },
    });
  });

  it('is an event: copy and delete', async () => {
    await s3.send(
      new CopyObjectCommand({ Bucket: 'shelf', Key: 'copy', CopySource: 'shelf/renewal/a%20b.json' }),
    );
    await s3.send(new DeleteObjectsCommand({ Bucket: 'shelf', Delete: { Objects: [{ Key: 'copy' }] } }));
    await expect.poll(told).toHaveLength(2);
    expect(
      told().map((event) => [event['detail-type'], event.detail.object.key, event.detail.reason]),
    ).toEqual([
      ['Object Created', 'copy', 'CopyObject'],
      ['Object Deleted', 'copy', 'DeleteObject'],
    ]);
  });

  it('is none when the write was refused', async () => {
    const again = new PutObjectCommand({
      Bucket: 'shelf',
      Key: 'renewal/a b.json',
      Body: 'x',
      IfNoneMatch: '*',
    });
    await expect(s3.send(again)).rejects.toThrow();
    await idle();
    expect(told()).toEqual([]);
  });
});

describe('a deployed stack', () => {
  it('has documents in JSON', async () => {
    const { endpoint } = aws.gateway;
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    const ssm = new SSMClient({ endpoint, region: 'us-east-1', credentials });
    const { Content } = await ssm.send(new GetDocumentCommand({ Name: 'install' }));
    ssm.destroy();
    expect(JSON.parse(Content ?? '')).toMatchObject({ description: "the host's script" });
  });

  it('has outputs', async () => {
    expect(await aws.outputs()).toEqual({ Shelf: 'shelf' });
  });
});

describe('a schedule', () => {
  it('fires when told to, with its input', async () => {
    await aws.buses.fireSchedule((expression) => expression.includes('SUN'));
    await expect.poll(() => printed('event')).toEqual(['event {"sweep":true}']);
  });

  it('that is not deployed cannot be fired', async () => {
    await expect(aws.buses.fireSchedule(() => false)).rejects.toThrow('cron(0 2 ? * SUN *)');
  });
});
