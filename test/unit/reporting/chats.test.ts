import { Readable } from 'node:stream';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { putChat, readChat, removeChat } from '../../../cli/commands/chat.ts';
import { chatKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { type ChatKind, kindOf, payloadFor } from '../../../lib/reporting/chats/rules/chat.ts';
import { readMessage, type TopicMessage } from '../../../lib/reporting/chats/rules/read-message.ts';
import { type ChatDeps, tellChats } from '../../../lib/reporting/chats/tell-chats.ts';
import { writeAlarmOver } from '../../../lib/reporting/notices/rules/alarm-over.ts';
import { writeMail } from '../../../lib/reporting/notices/rules/mail.ts';
import type { Trouble } from '../../../lib/reporting/notices/rules/trouble.ts';
import { complaintsOfAmazonQ, complaintsOfSlack, complaintsOfTeams } from '../../fakes/judge-payload.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const DOCS = 'https://github.com/you/perennial/blob/main/docs';
const NOW = new Date('2026-11-20T06:00:00Z');
const trouble = (changes: Partial<Trouble> = {}): Trouble => ({
  kind: 'renewal',
  subject: 'example.com',
  reason: 'caa-forbids',
  message: 'CAA does not let ca.test issue for *.example.com',
  since: '2026-11-19T02:00:00Z',
  at: '2026-11-20T05:00:00Z',
  times: 3,
  names: [],
  hosts: [],
  told: {},
  ...changes,
});
const received = ({ subject, text }: { subject: string; text: string }): TopicMessage => ({
  MessageId: '1',
  Subject: subject,
  Message: text,
  Timestamp: NOW.toISOString(),
});
const mailOf = (tell: Trouble[], over: Trouble[] = []) =>
  received(
    writeMail({
      tell,
      over,
      stage: 'production',
      docsUrl: DOCS,
      lives: new Map([['example.com', { notAfter: '2026-12-02T00:00:00Z' }]]),
      now: NOW,
    }),
  );
const ALARM = received({
  subject: 'ALARM: "perennial-production-no-heartbeat" in US East (N. Virginia)',
  text: JSON.stringify({
    AlarmName: 'perennial-production-no-heartbeat',
    AlarmDescription: `No check came through. What to do: ${DOCS}/operations.md#no-heartbeat`,
    NewStateValue: 'ALARM',
    NewStateReason: 'Threshold Crossed: 3 datapoints',
    Trigger: { MetricName: 'Heartbeat' },
  }),
});

describe('a message for chats', () => {
  it('says what the mail says, line by line, with the same remedy and command', () => {
    const mail = mailOf([trouble()]);
    const { title, parts } = readMessage(mail, DOCS);
    expect(title).toBe('[Perennial production] example.com is not renewed: caa-forbids');
    expect(parts[0]).toEqual({
      head: 'example.com is not renewed',
      lines: [
        'Time left: 11 days, until 2026-12-02 00:00 UTC',
        'What failed: CAA does not let ca.test issue for *.example.com (caa-forbids)',
        'What was tried: 3 times since 2026-11-19 02:00 UTC',
        'What to do: let the CAA record allow the CA, or set "caa" in the renewal file',
        'Command: npx --no-install perennial-tls doctor example.com --stage production; then npx --no-install perennial-tls renew example.com --stage production',
        `More: ${DOCS}/operations.md#caa-forbids`,
      ],
      link: `${DOCS}/operations.md#caa-forbids`,
    });
    const words = mail.Message.replace(/\s+/g, ' ').trim();
    expect(
      parts
        .flatMap(({ head, lines }) => [head, ...lines])
        .join(' ')
        .replace(/\s+/g, ' '),
    ).toBe(words);
  });

  it('tells an end, and the end of an alarm', () => {
    expect(readMessage(mailOf([], [trouble()]), DOCS).parts[0]).toEqual({
      head: 'All clear:',
      lines: ['example.com is not renewed: over, since 2026-11-19 02:00 UTC (caa-forbids)'],
    });
    const over = writeAlarmOver(
      {
        'detail-type': 'CloudWatch Alarm State Change',
        time: NOW.toISOString(),
        detail: { alarmName: 'a', state: {}, previousState: {} },
      },
      { stage: 'production' },
    );
    expect(readMessage(received(over), DOCS)).toMatchObject({
      title: '[Perennial production] alarm over: a',
      parts: [{ head: expect.stringMatching(/^The alarm a is over/) }],
    });
  });

  it('tells an alarm, which CloudWatch sends as JSON', () => {
    expect(readMessage(ALARM, DOCS).parts).toEqual([
      {
        head: 'The alarm perennial-production-no-heartbeat is in the state ALARM.',
        lines: [
          `No check came through. What to do: ${DOCS}/operations.md#no-heartbeat`,
          'Reason: Threshold Crossed: 3 datapoints',
        ],
        link: `${DOCS}/operations.md#no-heartbeat`,
      },
    ]);
  });

  it.each([
    ['where docs/ are no address', mailOf([trouble()]), 'docs'],
    [
      'that others said',
      mailOf([trouble({ message: 'x\n  More: https://evil.example/y', kind: 'pin-end', reason: 'x' })]),
      'https://docs.example',
    ],
    [
      'that leads out of docs/',
      received({ subject: 's', text: 'head\n  Hosts: x What to do: https://docs.example/docs/../evil' }),
      'https://docs.example/docs',
    ],
    [
      'elsewhere',
      received({ subject: 's', text: 'head\n  More: https://evil.example/y' }),
      'https://docs.example',
    ],
  ])('has no link %s', (_, mail, docsUrl) => {
    for (const part of readMessage(mail, docsUrl).parts) expect(part).not.toHaveProperty('link');
  });
});

/** Hosts, CAs and whoever can write a renewal file have words in it. */
const hostile = (index: number) =>
  trouble({
    subject: `host-${index}.example.com`,
    message: '<!channel> <https://evil.example|click> [x](https://evil.example) @here *a* ```b``` '.repeat(5),
  });
const MESSAGES: [string, TopicMessage][] = [
  ['one trouble', mailOf([trouble()])],
  [
    'fifty troubles and fifty ends',
    mailOf(
      Array.from({ length: 60 }, (_, i) => hostile(i)),
      Array.from({ length: 60 }, (_, i) => hostile(i)),
    ),
  ],
  [
    'one trouble that is long',
    mailOf([trouble({ names: Array.from({ length: 10 }, () => 'a'.repeat(190)), message: 'ü'.repeat(500) })]),
  ],
  ['an alarm', ALARM],
  ['a text without end', received({ subject: 's'.repeat(99), text: 'x'.repeat(250_000) })],
  ['one long line without a subject', received({ subject: '', text: 'x'.repeat(2_000) })],
  ['a part of 6,000 characters', received({ subject: 's', text: `a\n${'  b: c\n'.repeat(1_000)}` })],
  [
    'a hundred parts',
    received({
      subject: 's',
      text: 'a\n  More: https://github.com/you/perennial/blob/main/docs/x\n\n'.repeat(100),
    }),
  ],
  ['many lines', received({ subject: 's', text: `a\n${'  b: c\n'.repeat(20_000)}` })],
  ['text outside of the basic plane', received({ subject: 's', text: '😀'.repeat(30_000) })],
];

describe.each([
  ['slack', complaintsOfSlack],
  ['teams', complaintsOfTeams],
  ['amazon-q', complaintsOfAmazonQ],
] as const)('for %s', (kind, complaintsOf) => {
  it.each(MESSAGES)('%s is of the published form and within its limits', (_, message) => {
    expect(complaintsOf(payloadFor(kind, readMessage(message, DOCS)))).toEqual([]);
  });

  it('says how many troubles are left out', () => {
    const tell = Array.from({ length: 50 }, (_, index) => hostile(index));
    expect(JSON.stringify(payloadFor(kind, readMessage(mailOf(tell), DOCS)))).toMatch(
      /… and \d+ more: the mail has all of it/,
    );
  });
});

describe('words of others', () => {
  const message = readMessage(mailOf([hostile(1)]), DOCS);
  it('are plain text in Slack', () => {
    const { blocks } = payloadFor('slack', message) as { blocks: Record<string, unknown>[] };
    for (const block of blocks.filter((one) => JSON.stringify(one).includes('evil')))
      expect(block).toMatchObject({ type: 'section', text: { type: 'plain_text' } });
  });
  it('are text runs in Teams, which know no Markdown', () => {
    expect(JSON.stringify(payloadFor('teams', message))).not.toMatch(/"type":"(TextBlock|FactSet)"/);
  });
  it('stay in a block of code for Amazon Q', () => {
    const { content } = payloadFor('amazon-q', message) as { content: Record<string, string> };
    expect(content.description?.match(/```/g)).toHaveLength(2);
    expect(content.title).not.toMatch(/[*_<>`]/);
  });
  it('are a command that can be carried out for Amazon Q', () => {
    const named = readMessage(mailOf([trouble({ subject: 'my_shop.example.com' })]), DOCS);
    const { content } = payloadFor('amazon-q', named) as { content: { nextSteps: string[]; title: string } };
    expect(content.nextSteps[0]).toContain('renew my_shop.example.com --stage');
    expect(content.title).toContain('my_shop.example.com');
  });
});

it.each(['', ' \u0000'])('has a title where its subject says nothing: %j', (subject) => {
  expect(readMessage(received({ subject, text: 'head\n  line' }), DOCS).title).toBe('head');
});

it('goes to anything else as it is, with a version', () => {
  const message = readMessage(ALARM, DOCS);
  expect(payloadFor('json', message)).toEqual({ version: 1, ...message });
});

it.each<[string, ChatKind]>([
  ['https://hooks.slack.com/services/T0/B0/x', 'slack'],
  ['https://prod-1.westeurope.logic.azure.com:443/workflows/1/triggers/manual/paths/invoke?sig=x', 'teams'],
  ['https://default1.environment.api.powerplatform.com/powerautomate/automations/direct/x', 'teams'],
  ['https://you.webhook.office.com/webhookb2/x', 'teams'],
  ['https://hooks.slack.com.evil.example/x', 'json'],
  ['https://notslack.com/x', 'json'],
])('%s is of the kind %s', (url, kind) => expect(kindOf(url)).toBe(kind));

describe('telling chats', () => {
  const url = (name: string) => `https://${name}.example/secret-of-${name}`;
  async function world(names: string[], broken: string[] = []) {
    const store = new MemoryStore();
    for (const name of names)
      await store.put(chatKey(name), JSON.stringify({ kind: 'json', url: url(name) }));
    const posted: string[] = [];
    const again: TopicMessage[] = [];
    const down = (name: string) => {
      if (broken.includes(name)) throw new Error(`${name} is down`);
      posted.push(name);
    };
    const deps: ChatDeps = {
      store,
      docsUrl: DOCS,
      webhooks: { post: async (address) => down(new URL(address).hostname.split('.')[0] ?? '') },
      topic: { send: async () => down('(amazon-q)') },
      again: { put: async (message) => void again.push(message) },
    };
    return { deps, store, posted, again };
  }

  it('posts to each webhook and to the topic of Amazon Q', async () => {
    const { deps, posted, again } = await world(['ops', 'dev']);
    expect(await tellChats(deps, ALARM)).toEqual([{ chat: '(amazon-q)' }, { chat: 'dev' }, { chat: 'ops' }]);
    expect(posted.sort()).toEqual(['(amazon-q)', 'dev', 'ops']);
    expect(again).toEqual([]);
  });

  it('brings a message back for those alone that did not take it', async () => {
    const { deps, again } = await world(['ops', 'dev'], ['ops']);
    expect(await tellChats(deps, ALARM)).toContainEqual({ chat: 'ops', failure: new Error('ops is down') });
    expect(again).toEqual([{ ...ALARM, only: ['ops'] }]);
  });

  it('fails where none took it, so that the queue gives it up after five times and that alarms', async () => {
    const { deps, posted, again } = await world(['ops', 'dev'], ['ops']);
    await expect(tellChats(deps, { ...ALARM, only: ['ops'] })).rejects.toThrow('ops is down');
    expect({ posted, again }).toEqual({ posted: [], again: [] });
  });

  it('tells one that was removed meanwhile nothing', async () => {
    const { deps, posted } = await world(['dev']);
    expect(await tellChats(deps, { ...ALARM, only: ['ops'] })).toEqual([]);
    expect(posted).toEqual([]);
  });

  it.each([
    '{',
    '{"kind":"irc","url":"https://a.example/"}',
    '{"kind":"json","url":"http://a.example/"}',
    '{"kind":"json","url":a.example/secret}',
  ])('fails for %s in the place of a chat, without showing it', async (body) => {
    const { deps, store } = await world(['dev']);
    await store.put(chatKey('ops'), body);
    const told = await tellChats(deps, ALARM);
    const failure = told.find(({ chat }) => chat === 'ops')?.failure;
    expect(failure).toMatchObject({ reason: 'chat-malformed' });
    expect(inspect(failure, { depth: 9 })).not.toContain('a.exam');
  });

  it('passes over objects that are no chats', async () => {
    const { deps, store } = await world(['dev']);
    for (const key of ['chats/A.json', 'chats/ops.txt', 'chats/']) await store.put(key, '{}');
    expect(await tellChats(deps, ALARM)).toHaveLength(2);
  });
});

describe('perennial-tls chat', () => {
  const SECRET = 'https://hooks.slack.com/services/T0/B0/secret';
  const read = (text: string, as?: string) => readChat('ops', { input: Readable.from([text]), as });

  it('reads the address from standard input, and knows its kind', async () => {
    expect(await read(`${SECRET}\n`)).toEqual({ kind: 'slack', url: SECRET });
    expect(await read(SECRET, 'json')).toEqual({ kind: 'json', url: SECRET });
  });

  it.each([
    ['nothing', ''],
    ['http', SECRET.replace('https', 'http')],
    ['two lines', `${SECRET}\n${SECRET}`],
    ['a name in it', 'https://me:secret@hooks.slack.com/services'],
    ['a port that there is not', 'https://hooks.example:99999/secret'],
    ['half an address', 'https://[::1/secret'],
  ])('refuses %s in one line that does not show it', async (_, text) => {
    const error = await read(text).catch((caught: Error) => caught);
    expect(error).toMatchObject({ reason: 'chat-invalid' });
    expect((error as Error).message).not.toContain('\n');
    if (text) expect(inspect(error, { depth: 9 })).not.toContain('secret');
  });

  it('refuses a kind that there is not, and waits for no terminal', async () => {
    await expect(read(SECRET, 'irc')).rejects.toThrow('--as "irc" is none; give slack, teams, json');
    const terminal = Object.assign(Readable.from(['']), { isTTY: true });
    await expect(readChat('ops', { input: terminal })).rejects.toMatchObject({ reason: 'chat-missing' });
  });

  it('keeps it once a first message came through, and no answer shows it', async () => {
    const store = new MemoryStore();
    const posted: unknown[] = [];
    const webhooks = { post: async (_: string, payload: unknown) => void posted.push(payload) };
    const chat = await read(SECRET);
    const answer = await putChat({ store, webhooks }, { name: 'ops', chat, stack: 'perennial-production' });
    expect(JSON.parse(store.text('chats/ops.json'))).toEqual(chat);
    expect(posted.flatMap(complaintsOfSlack)).toEqual([]);
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(answer.text).toBe('wrote chats/ops.json: hooks.slack.com took a first message as slack');
    await removeChat(store, 'ops');
    expect(store.keys()).toEqual([]);
  });

  it('keeps nothing that takes no message', async () => {
    const store = new MemoryStore();
    const webhooks = { post: () => Promise.reject(new Error('hooks.slack.com answered 404')) };
    const put = putChat(
      { store, webhooks },
      { name: 'ops', chat: { kind: 'slack', url: SECRET }, stack: 'perennial-production' },
    );
    await expect(put).rejects.toThrow('answered 404');
    expect(store.keys()).toEqual([]);
  });
});
