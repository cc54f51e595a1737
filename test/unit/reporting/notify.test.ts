import { beforeEach, expect, it } from 'vitest';
import { notify } from '../../../lib/reporting/notices/notify.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { checked, DAY, failed, HOUR, later, NOW } from './notices/facts.ts';

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

it('remembers what it told', async () => {
  await notify(deps(), [failed('a')]);
  now = later(HOUR);
  await notify(deps(), [failed('a', 2, now)]);
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

it('loses nothing, and sends nothing twice, when another writes at the same moment', async () => {
  const { get } = store;
  let raced = false;
  store.get = async function (this: MemoryStore, key) {
    const found = await get.call(this, key);
    if (key === 'notices/memory.json' && !raced) {
      raced = true;
      await notify({ ...deps(), mailbox: { send: async () => {} } }, [failed('b')]);
    }
    return found;
  };
  await notify(deps(), [failed('a')]);
  const { troubles } = JSON.parse(store.text('notices/memory.json'));
  expect(subjects()).toEqual(['a is not renewed: caa-forbids']);
  expect(Object.keys(troubles).sort()).toEqual(['renewal a', 'renewal b']);
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
