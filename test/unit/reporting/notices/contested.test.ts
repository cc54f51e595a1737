import { expect, it } from 'vitest';
import { notify } from '../../../../lib/reporting/notices/notify.ts';
import type { SeenEvent } from '../../../../lib/reporting/notices/rules/seen-event.ts';
import { contested } from '../../../fakes/contested-store.ts';
import { MemoryStore } from '../../../fakes/memory-store.ts';
import { checked, DAY, fact, failed, HOUR, later, NOW } from './facts.ts';

const KEY = 'notices/memory.json';

it.each(['read', 'write'] as const)(
  'what another worker told around the %s is remembered beside what this one told, and both are told once',
  async (at) => {
    let now = NOW;
    const store = new MemoryStore(() => now);
    const sent: { subject: string; text: string }[] = [];
    const mailbox = { send: async (mail: { subject: string; text: string }) => void sent.push(mail) };
    const tell = (name: string, into = store as Parameters<typeof notify>[0]['store']) =>
      notify({ store: into, mailbox, stage: 'production', docsUrl: 'docs', clock: () => now }, [
        failed(name, 1, now),
      ]);
    await tell('first');
    now = later(2 * DAY);
    const late = contested(store, KEY, () => tell('theirs'), { at });
    await tell('mine', late);
    expect(late.contests).toBe(1);
    expect(Object.keys(JSON.parse(store.text(KEY)).troubles).sort()).toEqual([
      'renewal first',
      'renewal mine',
      'renewal theirs',
    ]);
    now = later(2 * DAY + 3_600_000);
    for (const name of ['mine', 'theirs']) await tell(name);
    const mentions = (name: string) => sent.filter(({ text }) => text.includes(name)).length;
    expect([mentions('mine'), mentions('theirs')]).toEqual([1, 1]);
  },
);

it('what fails again while this one says that it is over is told again at once, and its end too', async () => {
  let now = NOW;
  const store = new MemoryStore(() => now);
  const sent: string[] = [];
  const mailbox = { send: async (mail: { text: string }) => void sent.push(mail.text) };
  const hear = (event: SeenEvent, into = store as Parameters<typeof notify>[0]['store']) =>
    notify({ store: into, mailbox, stage: 'production', docsUrl: 'docs', clock: () => now }, [event]);
  const renewed = (when: Date) => fact('Certificate Renewed', { name: 'shop', seconds: 9 }, when);
  await hear(failed('shop', 2, now));
  now = later(25 * HOUR);
  const late = contested(store, KEY, () => hear(failed('shop', 3, later(25 * HOUR + 5_000))), { at: 'read' });
  await hear(renewed(later(25 * HOUR + 2_000)), late);
  const isOver = () => sent.map((text) => text.includes('shop is not renewed: over'));
  expect(isOver()).toEqual([false, false, true, false]);
  now = later(25 * HOUR + 300_000);
  await hear(renewed(now));
  now = later(26 * HOUR);
  await hear(checked({}, now));
  expect(isOver()).toEqual([false, false, true, false, true]);
});

it.each([
  ['after', 'write'],
  ['before', 'read'],
] as const)(
  'what another worker told %s this one said that it is over is said to be over once more, at once',
  async (_, at) => {
    let now = NOW;
    const store = new MemoryStore(() => now);
    const sent: string[] = [];
    const mailbox = { send: async (mail: { text: string }) => void sent.push(mail.text) };
    const hear = (event: SeenEvent, into = store as Parameters<typeof notify>[0]['store']) =>
      notify({ store: into, mailbox, stage: 'production', docsUrl: 'docs', clock: () => now }, [event]);
    await store.put('renewal/shop.json', '{"names": ["example.com"]}');
    await hear(failed('shop', 2, now));
    now = later(25 * HOUR);
    const isFailing = checked({ failing: { count: 1, items: ['shop'] } }, now);
    const late = contested(store, KEY, () => hear(isFailing), { at });
    await hear(fact('Certificate Renewed', { name: 'shop', seconds: 9 }, later(25 * HOUR + 2_000)), late);
    const isOver = () => sent.map((text) => text.includes('shop is not renewed: over'));
    expect(isOver()).toEqual(at === 'write' ? [false, true, false, true] : [false, false, true, true]);
    now = later(26 * HOUR);
    await hear(checked({}, now));
    expect(sent).toHaveLength(4);
    await hear(failed('shop', 3, now));
    expect(isOver().slice(4)).toEqual([false]);
  },
);
