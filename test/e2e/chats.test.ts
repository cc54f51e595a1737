import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ListQueuesCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { webhooks } from '../../lib/adapters/net/webhooks.ts';
import type { ChatKind } from '../../lib/reporting/chats/rules/chat.ts';
import { onPublished, type PublishedMail } from '../../local/sns/on-mail.ts';
import { complaintsOfAmazonQ, complaintsOfSlack, complaintsOfTeams } from '../fakes/judge-payload.ts';
import { DeployedLine } from './deployed-line.ts';

let line: DeployedLine;
let receiver: Server;
let port: number;
/** What was published to the stack's topics. */
const published: PublishedMail[] = [];
/** What came to the receiver, by its path. */
const posted = new Map<string, unknown[]>();
/** How it answers, by path; 200 without. */
const answers = new Map<string, { status: number; body: string }>();

beforeAll(async () => {
  line = await DeployedLine.start();
  const { aws, pebble } = line.cloud.parts;
  onPublished(aws.gateway, (mail) => published.push(mail));
  // Functions trust the CA's server, and so this one with its certificate.
  const [cert, key] = await Promise.all([readFile(pebble.tlsCaFile), readFile(pebble.tlsKeyFile)]);
  receiver = createServer({ cert, key }, async (request, response) => {
    const path = request.url ?? '';
    posted.set(path, [...(posted.get(path) ?? []), JSON.parse(await text(request))]);
    const { status, body } = answers.get(path) ?? { status: 200, body: 'ok' };
    response.writeHead(status, { location: 'https://127.0.0.1:1/elsewhere' }).end(body);
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  ({ port } = receiver.address() as AddressInfo);
  for (const [name, kind] of Object.entries(CHATS))
    await line.put(`chats/${name}.json`, { kind, url: urlOf(name) });
  await line.putAndWait('fails', { names: ['fails.example.com'], profile: 'none-such' });
  await line.idle();
});

afterAll(async () => {
  receiver?.closeAllConnections();
  receiver?.close();
  await line?.stop();
});

const CHATS: Record<string, ChatKind> = { slack: 'slack', teams: 'teams', program: 'json' };
const pathOf = (name: string) => `/services/secret-of-${name}`;
const urlOf = (name: string) => `https://127.0.0.1:${port}${pathOf(name)}`;
const toldTo = (name: string) => posted.get(pathOf(name)) ?? [];
const client = () => ({
  endpoint: line.cloud.endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

async function publish(message: { Subject?: string; Message: string }): Promise<void> {
  const { AlarmTopic: TopicArn = '' } = await line.cloud.outputs();
  await new SNSClient(client()).send(new PublishCommand({ TopicArn, ...message }));
}

async function deadLetters(): Promise<string[]> {
  const sqs = new SQSClient(client());
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand({}));
  const QueueUrl = QueueUrls.find((url) => url.includes('DeadLetters'));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body = '' }) => Body);
}

/** Runs the command line with this on its standard input. */
async function perennial(args: string[], input = ''): Promise<{ status: number; output: string }> {
  const child = spawn(process.execPath, ['cli/main.ts', ...args], {
    env: { ...process.env, ...line.cloud.env },
  });
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { status: child.exitCode ?? -1, output: stdout + stderr };
}

const SUBJECT = '[Perennial local] fails is not renewed: profile-unknown';

describe('a trouble', () => {
  it('comes by mail, and once to each chat in its form', () => {
    expect(published.filter(({ subject }) => subject === SUBJECT)).toHaveLength(1);
    for (const name of Object.keys(CHATS)) {
      expect(toldTo(name), name).toHaveLength(1);
      const [told] = toldTo(name).map((payload) => JSON.stringify(payload));
      for (const words of [
        SUBJECT,
        'Time left: none was issued yet',
        'perennial-tls doctor fails --stage local',
      ])
        expect(told, name).toContain(words);
    }
    expect(toldTo('slack').flatMap(complaintsOfSlack)).toEqual([]);
    expect(toldTo('teams').flatMap(complaintsOfTeams)).toEqual([]);
    expect(toldTo('program')).toMatchObject([{ version: 1, title: SUBJECT }]);
  });

  it('is published for Amazon Q, and only there in its form', async () => {
    const { ChatTopic, AlarmTopic } = await line.cloud.outputs();
    const custom = published.filter(({ topic }) => topic === ChatTopic).map(({ text }) => JSON.parse(text));
    expect(custom).toMatchObject([{ content: { title: SUBJECT } }]);
    expect(custom.flatMap(complaintsOfAmazonQ)).toEqual([]);
    expect(new Set(published.map(({ topic }) => topic))).toEqual(new Set([ChatTopic, AlarmTopic]));
  });
});

it('an alarm of CloudWatch comes to the chats too', async () => {
  const message = {
    AlarmName: 'perennial-local-no-heartbeat',
    NewStateValue: 'ALARM',
    NewStateReason: 'Threshold Crossed',
  };
  await publish({ Message: JSON.stringify(message) });
  await vi.waitFor(
    () => expect(JSON.stringify(toldTo('slack'))).toContain('perennial-local-no-heartbeat'),
    60_000,
  );
  await line.idle();
});

describe('a chat that is down', () => {
  it('is told again by itself, until that is a dead letter, and nobody else hears it twice', async () => {
    answers.set(pathOf('slack'), { status: 404, body: 'no_service' });
    const before = { slack: toldTo('slack').length, teams: toldTo('teams').length };
    await publish({ Subject: 'again', Message: 'Once' });
    // It was put back once, and given up after five tries more.
    await vi.waitFor(() => expect(toldTo('slack')).toHaveLength(before.slack + 6), 110_000);
    await line.idle();
    expect(toldTo('teams')).toHaveLength(before.teams + 1);
    const letters = await deadLetters();
    expect(letters).toHaveLength(1);
    expect(JSON.parse(letters[0] ?? '')).toMatchObject({ Message: 'Once', only: ['slack'] });
    const said = line.logged
      .filter(({ function: name }) => name === 'chat')
      .map(({ line: one }) => JSON.stringify(one));
    expect(said.join()).toContain(`127.0.0.1:${port} answered 404: no_service`);
  }, 200_000);

  it('that leads elsewhere is not followed', async () => {
    answers.set(pathOf('moved'), { status: 308, body: '' });
    await expect(webhooks.post(urlOf('moved'), {})).rejects.toMatchObject({ reason: 'chat-refused' });
  });
});

it('no address of a chat is in anything that functions printed', () => {
  expect(line.printed.join('\n')).not.toContain('secret-of-');
});

it('a chat is kept where only its function reads it, once it took a message', async () => {
  expect(await perennial(['chat', 'new'], urlOf('new'))).toEqual({
    status: 0,
    output: `wrote chats/new.json: 127.0.0.1:${port} took a first message as json\n`,
  });
  expect(toldTo('new')).toMatchObject([{ title: '[perennial-local] This chat is told as "new"' }]);
  expect(await line.text('chats/new.json')).toContain(urlOf('new'));
  answers.set(pathOf('gone'), { status: 410, body: '' });
  const refused = await perennial(['chat', 'gone'], urlOf('gone'));
  expect(refused).toEqual({ status: 2, output: `chat: 127.0.0.1:${port} answered 410\n` });
  expect(await perennial(['chat', 'new', '--remove'])).toMatchObject({ status: 0 });
  expect((await line.keys('chats/')).sort()).toEqual(
    Object.keys(CHATS)
      .map((name) => `chats/${name}.json`)
      .sort(),
  );
});
