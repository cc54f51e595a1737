import { beforeEach, describe, expect, it } from 'vitest';
import { recordImports } from '../../../lib/delivery/acm/record-import.ts';
import { forgetHosts } from '../../../lib/delivery/deployment/forget-hosts.ts';
import { listVersions, removeLists } from '../../../lib/delivery/deployment/group-lists.ts';
import { recordInvocation } from '../../../lib/delivery/deployment/record-invocation.ts';
import { parseGroupList } from '../../../lib/delivery/deployment/rules/group-list.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { contested } from '../../fakes/contested-store.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { RecordedEvents } from '../../fakes/recorded-events.ts';

const MOMENTS = ['read', 'write'] as const;
const HOUR = 3_600_000;
const HOST = 'i-0123456789abcdef0';
let now: Date;
let store: MemoryStore;
let events: RecordedEvents;
const clock = () => now;

beforeEach(() => {
  now = new Date('2026-11-20T02:00:00Z');
  store = new MemoryStore(clock);
  events = new RecordedEvents();
});

describe.each(MOMENTS)('what another worker writes around the %s', (at) => {
  it('about another region stays in the record of ACM', async () => {
    const importInto = (region: string, into = store as Parameters<typeof recordImports>[0]['store']) =>
      recordImports({ store: into, clock }, { name: 'shop', regions: [region] }, () => ({
        outcome: 'imported',
        arn: `arn-${region}`,
      }));
    await importInto('ap-south-1');
    const late = contested(store, 'acm/shop.json', () => importInto('eu-west-1'), { at });
    await importInto('us-east-1', late);
    expect(late.contests).toBe(1);
    const { imports } = JSON.parse(store.text('acm/shop.json'));
    expect(imports.map(({ region, arn }: { region: string; arn: string }) => [region, arn])).toEqual(
      ['ap-south-1', 'eu-west-1', 'us-east-1'].map((region) => [region, `arn-${region}`]),
    );
  });

  it('of another certificate stays in the record of a host, and each is told once', async () => {
    const done = (
      name: string,
      commandId: string,
      into = store as MemoryStore | ReturnType<typeof contested>,
    ) => {
      const results = [{ name, version: '20260101T000000Z-0a1b2c', outcome: 'served' }];
      const output = JSON.stringify({ perennial: 1, results });
      const invocation = {
        commandId,
        group: 'web',
        instanceId: HOST,
        requestedAt: now,
        status: 'success' as const,
        statusDetails: 'Success',
        output,
      };
      return recordInvocation({ store: into, events, clock }, invocation, { group: 'web', names: [name] });
    };
    const late = contested(store, `hosts/${HOST}.json`, () => done('blog', 'c-2'), { at });
    await done('shop', 'c-1', late);
    expect(late.contests).toBe(1);
    expect(Object.keys(JSON.parse(store.text(`hosts/${HOST}.json`)).lineages).sort()).toEqual([
      'blog',
      'shop',
    ]);
    const told = events.of('Certificate Deployed').map(({ name }) => name);
    expect(told.sort()).toEqual(['blog', 'shop']);
  });

  it('of another certificate stays in the list for new hosts', async () => {
    for (const name of ['shop', 'blog', 'first'])
      await store.put(
        `live/${name}.json`,
        pointerText(pointerOf(new Date('2027-01-30T00:00:00Z'), 90, { hosts: ['web'] })),
      );
    await listVersions(store, 'web', ['first']);
    const late = contested(store, 'groups/web.json', () => listVersions(store, 'web', ['blog']), { at });
    await listVersions(late, 'web', ['shop']);
    expect(late.contests).toBe(1);
    const listed = parseGroupList(store.text('groups/web.json')).map(({ name }) => name);
    expect(listed.sort()).toEqual(['blog', 'first', 'shop']);
  });
});

describe('what is written anew before it is removed', () => {
  it('stays, as the list of a group that came back', async () => {
    await store.put('groups/web.json', 'old');
    const late = contested(store, 'groups/web.json', () => store.put('groups/web.json', 'new'));
    await removeLists(late, []);
    expect(late.contests).toBe(1);
    expect(store.text('groups/web.json')).toBe('new');
  });

  it('stays, as the record of a host that reports again', async () => {
    const key = `hosts/${HOST}.json`;
    const record = (at: string) => JSON.stringify({ instanceId: HOST, group: 'web', lineages: {}, at });
    await store.put(key, record('before'));
    now = new Date(now.getTime() + 2 * HOUR);
    const late = contested(store, key, () => store.put(key, record('after')));
    await forgetHosts({ store: late, reads: store }, new Map([['web', []]]), { groups: ['web'], warn: fail });
    expect(late.contests).toBe(1);
    expect(store.text(key)).toBe(record('after'));
    now = new Date(now.getTime() + 2 * HOUR);
    await forgetHosts({ store, reads: store }, new Map([['web', []]]), { groups: ['web'], warn: fail });
    expect(store.text(key)).toBe('');
  });
});

function fail(error: unknown): never {
  throw error;
}
