import { beforeEach, describe, expect, it } from 'vitest';
import { notify } from '../../../lib/reporting/notices/notify.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { checked, DAY, fact, failed, HOUR, later, MINUTE, NOW } from './notices/facts.ts';

let now: Date;
let store: MemoryStore;
let sent: { subject: string; text: string }[];
let send: (mail: { subject: string; text: string }) => Promise<void>;

beforeEach(() => {
  now = NOW;
  store = new MemoryStore(() => now);
  sent = [];
  send = async (mail) => void sent.push(mail);
});

const deps = () => ({
  store,
  mailbox: { send: (mail: { subject: string; text: string }) => send(mail) },
  stage: 'production',
  docsUrl: 'docs',
  clock: () => now,
});
const subjects = () => sent.map(({ subject }) => subject.replace('[Perennial production] ', ''));

it('tells by the time that the live certificate has left', async () => {
  await store.put('live/soon.json', JSON.stringify(pointerOf(later(10 * DAY))));
  await store.put('live/late.json', JSON.stringify(pointerOf(later(29 * DAY))));
  await notify(deps(), [failed('soon'), failed('late')]);
  expect(subjects()).toEqual(['soon is not renewed: caa-forbids']);
  expect(sent[0]?.text).toContain('Time left:      10 days');
});

it('ends a mail with the release that wrote it', async () => {
  await notify({ ...deps(), release: '1.2.3' }, [failed('a')]);
  expect(sent[0]?.text).toMatch(/\n\nPerennial 1\.2\.3\n$/);
});

it('remembers what it told', async () => {
  await notify(deps(), [failed('a')]);
  now = later(HOUR);
  await notify(deps(), [failed('a', 2, now)]);
  expect(subjects()).toEqual(['a is not renewed: caa-forbids']);
});

it.each([26, -26])('tells nothing twice by a clock that is off by %i hours', async (hours) => {
  await notify(deps(), [failed('a')]);
  now = later(HOUR);
  const clock = () => later((1 + hours) * HOUR);
  await notify({ ...deps(), clock }, [failed('a', 2, now)]);
  now = later(2 * HOUR);
  await notify(deps(), [failed('a', 3, now)]);
  expect(subjects()).toEqual(['a is not renewed: caa-forbids']);
});

it('tells again what could not be sent', async () => {
  send = async () => {
    throw new Error('SNS is down');
  };
  await expect(notify(deps(), [failed('a')])).rejects.toThrow('SNS is down');
  send = async (mail) => void sent.push(mail);
  await notify(deps(), [failed('a')]);
  expect(subjects()).toEqual(['a is not renewed: caa-forbids']);
});

/** Has another worker store something between this worker's read of the memory and its write. */
function meanwhile(other: () => Promise<unknown>): void {
  const { get } = store;
  let raced = false;
  store.get = async function (this: MemoryStore, key) {
    const found = await get.call(this, key);
    if (key === 'notices/memory.json' && !raced) {
      raced = true;
      await other();
    }
    return found;
  };
}
const silently = () => ({ ...deps(), mailbox: { send: async () => {} } });
const memory = () => JSON.parse(store.text('notices/memory.json'));
const renewed = (name: string, at = now) => fact('Certificate Renewed', { name, seconds: 9 }, at);
const allClears = () =>
  sent.flatMap(({ text }) => [...text.matchAll(/^ {2}(\S+) .*: over,/gm)].map(([, name]) => name));

describe('when another worker writes at the same moment', () => {
  it('nothing is lost, and nothing sent twice', async () => {
    meanwhile(() => notify(silently(), [failed('b')]));
    await notify(deps(), [failed('a')]);
    expect(subjects()).toEqual(['a is not renewed: caa-forbids']);
    expect(Object.keys(memory().troubles).sort()).toEqual(['renewal a', 'renewal b']);
    now = later(HOUR);
    await notify(deps(), [failed('a', 2, now)]);
    expect(subjects()).toHaveLength(1);
  });

  it('an all-clear that it left to be told is sent, and not only forgotten', async () => {
    await notify(deps(), [failed('b'), failed('c')]);
    sent = [];
    now = later(5 * MINUTE);
    await notify(deps(), [renewed('b')]);
    const left = store.text('notices/memory.json');
    await store.put('notices/memory.json', JSON.stringify({ ...JSON.parse(left), over: [] }));
    now = later(HOUR);
    meanwhile(() => store.put('notices/memory.json', left));
    await notify(deps(), [failed('a', 2, now)]);
    expect(subjects()).toEqual(['a is not renewed: caa-forbids', 'all clear: b is not renewed']);
    expect(allClears()).toEqual(['b']);
    expect(memory()).toMatchObject({ over: [], lastMail: now.toISOString() });
  });

  it('two mails with the same subject are two mails', async () => {
    await notify(
      deps(),
      ['a', 'b', 'c', 'd'].map((name) => failed(name)),
    );
    now = later(HOUR);
    sent = [];
    meanwhile(() => notify(silently(), [renewed('a'), renewed('b')]));
    await notify(deps(), [renewed('c'), renewed('d')]);
    expect(allClears()).toEqual(['c', 'd']);
    expect(memory()).toMatchObject({ troubles: {}, over: [] });
  });

  it('a trouble that was told here and ended there is told to be over', async () => {
    await store.put('renewal/a.json', '{"names":["a.example.com"]}');
    await store.put('live/a.json', JSON.stringify(pointerOf(later(60 * DAY))));
    await notify(deps(), [failed('a')]);
    await store.remove('live/a.json');
    now = later(HOUR);
    meanwhile(() => notify(silently(), [renewed('a')]));
    await notify(deps(), [checked({ failing: { count: 1, items: ['a'] } }, now)]);
    expect(subjects()).toEqual(['a is not renewed: caa-forbids', 'all clear: a is not renewed']);
    expect(memory()).toMatchObject({ troubles: {}, over: [] });
  });

  it('a trouble that was told to be over here and arose there is told again', async () => {
    await notify(deps(), [failed('a')]);
    sent = [];
    now = later(HOUR);
    meanwhile(() => notify(silently(), [failed('a', 2, now)]));
    await notify(deps(), [renewed('a', later(HOUR - MINUTE))]);
    expect(subjects()).toEqual(['all clear: a is not renewed', 'a is not renewed: caa-forbids']);
    expect(memory().troubles['renewal a'].told).toEqual({ 'caa-forbids': now.toISOString() });
  });
});

it('goes on with a memory that cannot be read', async () => {
  await store.put('notices/memory.json', '{');
  await notify(deps(), [failed('a')]);
  expect(subjects()).toEqual(['a is not renewed: caa-forbids']);
});

it('sends the report after the weekly sweep, and measures from then on how long ago that was', async () => {
  await notify(deps(), [checked({ start: 'weekly-sweep' })]);
  expect(subjects()).toEqual(['weekly report: 3 certificates, all is well']);
  now = later(9 * DAY);
  const { mails, measured } = await notify(deps(), [checked({}, now)]);
  expect(mails).toEqual([]);
  expect(measured).toContainEqual({ name: 'SweepAge', value: 9 });
});

describe('an alarm that is over', () => {
  const over = (alarmName = 'perennial-production-no-heartbeat') =>
    fact('CloudWatch Alarm State Change', {
      alarmName,
      state: { reason: 'Threshold Crossed: 1 datapoint [1.0] was not less than the threshold (1.0).' },
      previousState: { timestamp: '2026-11-19T21:07:44.000+0000' },
      configuration: { description: 'No check came through.' },
    });

  it('is told with when it came and what it was', async () => {
    await notify(deps(), [over()]);
    expect(subjects()).toEqual(['alarm over: perennial-production-no-heartbeat']);
    expect(
      sent[0]?.text,
    ).toBe(`The alarm perennial-production-no-heartbeat is over, since 2026-11-20 02:00 UTC.

  It came:        2026-11-19 21:07 UTC
  What it was:    No check came through.
  What ended it:  Threshold Crossed: 1 datapoint [1.0] was not less than the threshold (1.0).
`);
  });

  it('is told once where the event comes twice, and beside what else is told', async () => {
    await notify(deps(), [over(), failed('a'), over(), over('perennial-production-life-left')]);
    expect(subjects()).toEqual([
      'alarm over: perennial-production-no-heartbeat',
      'alarm over: perennial-production-life-left',
      'a is not renewed: caa-forbids',
    ]);
  });

  it('is told where CloudWatch says nothing more of it', async () => {
    await notify(deps(), [
      fact('CloudWatch Alarm State Change', { alarmName: 'a', state: {}, previousState: {} }),
    ]);
    expect(sent[0]?.text).toBe('The alarm a is over, since 2026-11-20 02:00 UTC.\n');
  });
});
