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
    await forgetHosts({ store, reads: store }, new Map(listed), given.groups ?? ['web', 'db']);
    expect(store.keys()).toEqual(stays ? [key] : []);
  },
);
