import { expect, it } from 'vitest';
import { notify } from '../../../../lib/reporting/notices/notify.ts';
import { contested } from '../../../fakes/contested-store.ts';
import { MemoryStore } from '../../../fakes/memory-store.ts';
import { DAY, failed, later, NOW } from './facts.ts';

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
