import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { makeCa } from '../../fakes/certificates.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { storeLive } from '../../fakes/stored-certificate.ts';
import { startRecordingAws } from './recording-aws.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const VERSION = '20260101T000000Z-0a1b2c';
const CA = 'https://ca.invalid/directory';
const TOPIC = 'arn:aws:sns:eu-central-1:123456789012:the-topic';
/** Each value is another, so that none can stand for another one. */
const ENVIRONMENT = {
  AWS_REGION: 'eu-central-1',
  AWS_ACCESS_KEY_ID: 'id',
  AWS_SECRET_ACCESS_KEY: 'secret',
  BUCKET: 'the-bucket',
  EVENT_BUS: 'the-bus',
  DIRECTORY_URL: CA,
  CONTACT: 'you@example.com',
  AGREE_TO_TERMS: 'true',
  DOMAINS: 'example.com',
  ALSO_ALLOW: '',
  CHALLENGE_TARGETS: '',
  HOST_GROUPS: '{"web":{}}',
  ACCOUNT_PREFIX: '/the-accounts',
  EAB_PREFIX: '/the-eab',
  DOCUMENT: 'the-document',
  STAGE: 'the-stage',
  NOTICE_TOPIC: TOPIC,
  CHAT_TOPIC: `${TOPIC}-for-chats`,
  QUEUE: 'https://sqs.test/the-chat-queue',
  DOCS_URL: 'https://docs.test',
  // Nobody answers there.
  DNS_RESOLVER: '127.0.0.1',
  DNS_PORT: '9',
  POWERTOOLS_LOG_LEVEL: 'ERROR',
};
const file = JSON.stringify({
  names: ['shop.example.com'],
  hosts: ['web'],
  acm: [{ region: 'eu-west-1' }],
  probe: true,
});
const wanted = { 'renewal/shop.json': file };
let live: Record<string, string>;

beforeAll(async () => {
  const store = new MemoryStore();
  const notAfter = new Date(Date.now() + 60 * 86_400_000);
  const facts = { names: ['shop.example.com'], version: VERSION, notAfter, more: { hosts: ['web'] } };
  await storeLive(store, { ca: await makeCa(), name: 'shop' }, facts);
  live = { ...wanted, ...Object.fromEntries(store.keys().map((key) => [key, store.text(key)])) };
});

/** Starts a function as Lambda does and has it take an event; what it asked of AWS, and its answer. */
async function run(
  name: string,
  event: object,
  objects: Record<string, string>,
  more: NodeJS.ProcessEnv = {},
) {
  const aws = await startRecordingAws({ ...objects });
  const { PATH, NODE_COMPILE_CACHE } = process.env;
  const env = { PATH, NODE_COMPILE_CACHE, ...ENVIRONMENT, ...more, AWS_ENDPOINT_URL: aws.url };
  const script = join(import.meta.dirname, 'run-handler.mjs');
  const args = [script, join(PROJECT, `functions/${name}.ts`), JSON.stringify(event)];
  const printed = await new Promise<string>((resolve) => {
    execFile(process.execPath, args, { env, timeout: 120_000 }, (_, out) => resolve(out));
  });
  await aws.stop();
  const sent = (what: string) =>
    aws.seen
      .filter((one) => one.what === what)
      .map(({ body }) => (body.startsWith('{') ? JSON.parse(body) : body));
  /** What went onto which bus. */
  const events = sent('EventBridge PutEvents').flatMap(({ Entries }) =>
    Entries.map((entry: Record<string, string>) => `${entry.DetailType} on ${entry.EventBusName}`),
  );
  const answer = JSON.parse(
    printed
      .trim()
      .split('\n')
      .findLast((line) => /^\{"(result|error)"/.test(line)) ?? '{}',
  );
  return { answer, printed, asked: aws.seen.map(({ what }) => what), sent, events };
}

const message = (detail: object, type = 'any') => ({
  'detail-type': type,
  source: 'perennial',
  time: '2026-11-20T02:00:00Z',
  detail,
});
const queued = (...messages: object[]) => ({
  Records: messages.map((one, nth) => ({ messageId: `m-${nth}`, body: JSON.stringify(one) })),
});
const done = { result: { batchItemFailures: [] } };
const bucketsOf = (asked: string[]) =>
  new Set(asked.flatMap((what) => /^S3 \w+ \/([^/]*)/.exec(what)?.[1] ?? []));

// Each in a process and at an AWS of its own.
describe.concurrent('the function', () => {
  it('scan reads its bucket, looks for hosts and zones, and puts what is due on its bus', async () => {
    const { answer, asked, events } = await run('scan', { start: 'hourly-check' }, live);
    expect(answer.result.certificates).toMatchObject([{ name: 'shop' }]);
    expect(bucketsOf(asked)).toEqual(new Set(['the-bucket']));
    expect(asked).toContain('Route53 GET /2013-04-01/hostedzone');
    expect(asked).toContain('SSM DescribeInstanceInformation');
    expect(events).toContain('Import Due on the-bus');
    expect(events).toContain('Certificates Checked on the-bus');
  });

  it('scan that only plans writes nothing and publishes nothing', async () => {
    const { asked, events } = await run('scan', { start: 'plan' }, live);
    expect(events).toEqual([]);
    expect(asked.filter((what) => /^S3 (PUT|DELETE)/.test(what))).toEqual([]);
  });

  it('scan looks where older stacks had the account that standing records name', async () => {
    const standing = { names: ['shop.example.com'], challenge: 'dns-persist-01', caa: { mode: 'off' } };
    const { sent } = await run('scan', { start: 'plan' }, { 'renewal/shop.json': JSON.stringify(standing) });
    const [{ ParameterFilters } = { ParameterFilters: [] }] = sent('SSM DescribeParameters');
    expect(ParameterFilters[0]?.Values[0]).toMatch(/^\/the-accounts\/ca\.invalid/);
  });

  it('scan that is told that files were put into its bucket looks at those, and publishes what is due', async () => {
    const created = (key: string) => ({
      ...{ 'detail-type': 'Object Created', source: 'aws.s3', time: '2026-11-20T02:00:00Z' },
      detail: { bucket: { name: 'the-bucket' }, object: { key } },
    });
    const files = ['shop', 'blog'].map((name) => [`renewal/${name}.json`, file] as const);
    const messages = queued(...files.map(([key]) => created(key)));
    const Records = messages.Records.map((one) => ({ ...one, eventSource: 'aws:sqs' }));
    const { answer, asked } = await run('scan', { Records }, Object.fromEntries(files));
    expect(answer).toEqual(done);
    for (const [key] of files) expect(asked).toContain(`S3 GET /the-bucket/${key}`);
  });

  const certificates = [{ name: 'shop', reason: 'forced', replacing: null }];
  const due = message({ ca: CA, zoneIds: [], certificates });

  it('renew claims in its bucket, looks for its account where older stacks had it, and tells its bus', async () => {
    const { asked, sent, events } = await run('renew', queued(due), wanted);
    expect(bucketsOf(asked)).toEqual(new Set(['the-bucket']));
    expect(asked).toContain('S3 PUT /the-bucket/pending/shop.json');
    expect(asked).toContain('S3 DELETE /the-bucket/pending/shop.json');
    const parameters = sent('SSM GetParameter').map(({ Name }) => Name);
    expect(parameters).toContainEqual(expect.stringMatching(/^\/the-accounts\/ca\.invalid/));
    expect(parameters).toContainEqual(expect.stringMatching(/^\/the-eab\/ca\.invalid/));
    expect(events).toEqual(['Certificate Renewal Failed on the-bus']);
  });

  it('renew gives a forced renewal that another worker holds up back to the queue', async () => {
    const held = { 'pending/shop.json': JSON.stringify({ owner: 'other', leaseSeconds: 900, records: [] }) };
    const { answer } = await run('renew', queued(due), { ...wanted, ...held });
    expect(answer).toEqual({ result: { batchItemFailures: [{ itemIdentifier: 'm-0' }] } });
  });

  it('deploy sends the document of the stack, with its bucket and region, to the hosts of the group', async () => {
    const detail = { group: 'web', reason: 'certificate-renewed', names: ['shop'] };
    const { answer, asked, sent, events } = await run('deploy', queued(message(detail)), live);
    expect(answer).toEqual(done);
    expect(sent('SSM SendCommand')).toMatchObject([
      {
        DocumentName: 'the-document',
        InstanceIds: ['i-00000001'],
        Parameters: { bucket: ['the-bucket'], region: ['eu-central-1'], names: ['shop'] },
      },
    ]);
    expect(asked).toContain('S3 PUT /the-bucket/hosts/i-00000001.json');
    expect(events).toEqual(['Certificate Deployed on the-bus']);
  });

  it('confirm writes down what a host reported, and says so', async () => {
    const detail = {
      'command-id': 'command-1',
      'instance-id': 'i-00000001',
      status: 'Success',
      'document-name': 'the-document',
    };
    const { answer, asked, events } = await run('confirm', queued(message(detail)), live);
    expect(answer).toEqual(done);
    expect(asked).toContain('S3 PUT /the-bucket/hosts/i-00000001.json');
    expect(events).toEqual(['Certificate Deployed on the-bus']);
  });

  it('acm imports with the tags of its bucket, and says so', async () => {
    const { answer, asked, sent, events } = await run('acm', queued(message({ names: ['shop'] })), live);
    expect(answer).toEqual(done);
    expect(sent('ACM ImportCertificate')).toMatchObject([
      {
        Tags: [
          { Key: 'perennial-bucket', Value: 'the-bucket' },
          { Key: 'perennial-name', Value: 'shop' },
        ],
      },
    ]);
    expect(asked).toContain('S3 PUT /the-bucket/acm/shop.json');
    expect(events).toEqual(['Certificate Imported on the-bus']);
  });

  it('probe says on its bus what it could not see', async () => {
    const { answer, asked, events } = await run(
      'probe',
      queued(message({ names: ['shop'] }, 'Probe Due')),
      live,
    );
    expect(answer).toEqual(done);
    expect(bucketsOf(asked)).toEqual(new Set(['the-bucket']));
    expect(events).toEqual(['Site Probed on the-bus']);
  });

  it('notify mails its topic once for messages that come together, with where the documentation is', async () => {
    const failed = (name: string) =>
      message({ name, reason: 'caa-forbids', message: 'no', failures: 2 }, 'Certificate Renewal Failed');
    const { answer, asked, sent } = await run('notify', queued(failed('shop'), failed('blog')), wanted);
    expect(answer).toEqual(done);
    const mails = sent('SNS Publish').map((body) => new URLSearchParams(body));
    expect(mails.map((mail) => mail.get('TopicArn'))).toEqual([TOPIC]);
    expect(mails[0]?.get('Message')).toContain('https://docs.test');
    expect(mails[0]?.get('Message')).toContain('the-stage');
    for (const name of ['shop', 'blog']) expect(mails[0]?.get('Message')).toContain(name);
    expect(asked).toContain('S3 PUT /the-bucket/notices/memory.json');
  });

  it('chat tells its topic and each chat, and puts the message back for one that does not answer', async () => {
    const told = { MessageId: '1', Subject: 'S', Message: 'head', Timestamp: '2026-11-20T02:00:00Z' };
    // Nobody answers there.
    const chat = JSON.stringify({ kind: 'json', url: 'https://127.0.0.1:9/secret' });
    const { answer, asked, sent } = await run('chat', queued(told), { 'chats/ops.json': chat });
    expect(answer).toEqual(done);
    expect(asked).toContain('S3 GET /the-bucket/chats/ops.json');
    const [published] = sent('SNS Publish').map((body) => new URLSearchParams(body));
    expect(published?.get('TopicArn')).toBe(`${TOPIC}-for-chats`);
    expect(sent('AmazonSQS SendMessage')).toMatchObject([
      {
        QueueUrl: 'https://sqs.test/the-chat-queue',
        MessageBody: JSON.stringify({ ...told, only: ['ops'] }),
        DelaySeconds: 60,
      },
    ]);
  });

  it('notify counts what a check found, for its own stage, and for a dashboard all of it', async () => {
    const none = { count: 0, items: [] };
    const checked = {
      ...{ start: 'hourly-check', at: '2026-11-20T02:00:00Z', certificates: 1, soonest: [], failing: none },
      ...{ overdue: none, rejected: none, hostsBehind: { count: 0, groups: [] }, warnings: [] },
    };
    const { answer, printed } = await run('notify', queued(message(checked, 'Certificates Checked')), wanted);
    expect(answer).toEqual(done);
    const counted = printed.split('\n').filter((line) => line.includes('CloudWatchMetrics'));
    expect(counted.join('')).toContain('"CertificatesOverdue":0');
    expect(counted.join('')).not.toContain('Heartbeat');
    for (const line of counted) expect(JSON.parse(line).service).toBe('perennial-the-stage');
    const withDashboard = await run('notify', queued(message(checked, 'Certificates Checked')), wanted, {
      DASHBOARD: 'true',
    });
    expect(withDashboard.printed).toContain('"Heartbeat":1');
  });

  it('status shows how every certificate is', async () => {
    const { answer, asked } = await run('status', {}, live);
    expect(answer.result.certificates).toMatchObject([{ name: 'shop' }]);
    expect(bucketsOf(asked)).toEqual(new Set(['the-bucket']));
    expect(asked).toContain('SSM DescribeInstanceInformation');
  });

  it('doctor looks at everything and changes nothing', async () => {
    const { answer, asked, sent, events } = await run('doctor', {}, live);
    expect(answer.result.findings.length).toBeGreaterThan(5);
    expect(bucketsOf(asked)).toEqual(new Set(['the-bucket']));
    expect(asked).toContain('Route53 GET /2013-04-01/hostedzone');
    const [{ ParameterFilters } = { ParameterFilters: [] }] = sent('SSM DescribeParameters');
    expect(ParameterFilters[0].Values[0]).toMatch(/^\/the-accounts\/ca\.invalid/);
    expect(events).toEqual([]);
    expect(asked.filter((what) => /^S3 (PUT|DELETE)/.test(what))).toEqual([]);
  });

  it('account shows none where there is none, and makes none', async () => {
    const { answer, asked } = await run('account', { account: 'show' }, live);
    expect(answer.error).toContain(`there is no account at ${CA}`);
    expect(asked).toContainEqual(expect.stringMatching(/^S3 GET \/the-bucket\/accounts\/keys\/ca\.invalid/));
    expect(asked.filter((what) => /^S3 PUT/.test(what))).toEqual([]);
  });

  it('revoke writes down what is about to be revoked before the CA is asked, and makes no account', async () => {
    const event = { revoke: 'shop', reason: 'superseded', confirm: 'shop' };
    const { answer, asked } = await run('revoke', event, live);
    expect(answer.error).toBeDefined();
    const written = asked.indexOf('S3 PUT /the-bucket/revoked/shop.json');
    const opened = asked.findIndex((what) => what.includes('/accounts/keys/'));
    expect(written).toBeGreaterThan(0);
    expect(opened).toBeGreaterThan(written);
    expect(asked.filter((what) => /^S3 PUT .*\/accounts\//.test(what))).toEqual([]);
  });
});
