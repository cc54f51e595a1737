import { expect, it } from 'vitest';
import { forgetHosts } from '../../../lib/delivery/deployment/forget-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const HOST = 'i-0123456789abcdef0';
const OTHER = 'i-0fedcba9876543210';
const START = new Date('2026-11-20T02:00:00Z');
const record = (group: string) => JSON.stringify({ instanceId: HOST, group, lineages: {} });

/** Of `listed` groups Systems Manager has told the hosts; `groups` are those of the settings. */
interface Case {
  ageMs: number;
  text?: string;
  key?: string;
  listed?: Record<string, string[]>;
  groups?: string[];
}

it.each<[string, Case, boolean]>([
  ['its group no longer has it', { ageMs: HOUR, listed: { web: [OTHER] } }, false],
  ['its group has no host at all', { ageMs: HOUR, listed: { web: [] } }, false],
  ['its group has it', { ageMs: 99 * DAY, listed: { web: [HOST] } }, true],
  ['it is in another group now', { ageMs: 99 * DAY, listed: { web: [], db: [HOST] } }, true],
  ['it reported within the hour', { ageMs: HOUR - 1, listed: { web: [] } }, true],
  ['its group could not be listed', { ageMs: 99 * DAY, listed: { db: [] } }, true],
  ['its group is in no setting, for a month', { ageMs: 30 * DAY, groups: ['db'] }, false],
  ['its group is in no setting, for less', { ageMs: 30 * DAY - 1, groups: ['db'] }, true],
  ['it cannot be read, for a month', { ageMs: 30 * DAY, text: 'nonsense' }, false],
  ['it cannot be read, for less', { ageMs: 29 * DAY, text: 'nonsense' }, true],
  ['it is of no host', { ageMs: 99 * DAY, key: 'hosts/notes.txt', listed: { web: [] } }, true],
])(
  'the record of a host where %s',
  async (_, { ageMs, text, key = `hosts/${HOST}.json`, ...given }, stays) => {
    let now = START;
    const store = new MemoryStore(() => now);
    await store.put(key, text ?? record('web'));
    now = new Date(START.getTime() + ageMs);
    const hostOf = (instanceId: string) => ({ instanceId, online: true });
    const listed = Object.entries(given.listed ?? {}).map(
      ([group, ids]) => [group, ids.map(hostOf)] as const,
    );
    const { groups = ['web', 'db'] } = given;
    await forgetHosts({ store, reads: store }, new Map(listed), { groups, warn: () => {} });
    expect(store.keys()).toEqual(stays ? [key] : []);
  },
);

it('a record that the bucket does not give keeps no other', async () => {
  const store = new MemoryStore(() => START);
  const keys = ['hosts/i-00000001.json', 'hosts/i-00000002.json'];
  for (const key of keys) await store.put(key, record('web'));
  const reads = {
    list: async () => (await store.list('hosts/')).map((one) => ({ ...one, ageMs: 60 * DAY })),
    folders: store.folders.bind(store),
    get: async (key: string) => {
      if (key === keys[0]) throw new Error('no answer');
      return store.get(key);
    },
  };
  const warned: unknown[] = [];
  const warn = (error: unknown) => void warned.push(error);
  await forgetHosts({ store, reads }, new Map([['web', []]]), { groups: ['web'], warn });
  expect(store.keys()).toEqual([keys[0]]);
  expect(warned).toHaveLength(1);
});
