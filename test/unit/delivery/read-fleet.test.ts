import { beforeEach, describe, expect, it } from 'vitest';
import { listFleet } from '../../../lib/delivery/deployment/list-fleet.ts';
import { readHostRecords } from '../../../lib/delivery/deployment/read-host-records.ts';
import { readLives } from '../../../lib/delivery/deployment/read-lives.ts';
import {
  believedRecord,
  HostRecord,
  isPast,
  neverRan,
  recordResults,
} from '../../../lib/delivery/deployment/rules/host-record.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { hostGroup } from '../../fakes/stack.ts';
import { archiveVersion } from '../../fakes/stored-certificate.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const DAY = 86_400_000;
const VERSION = '20261001T000000Z-0a1b2c';
const ca = await makeCa();
const later = (ms: number) => new Date(NOW.getTime() + ms);
const run = (more: object = {}) => ({
  ...{ version: VERSION, outcome: 'served', at: NOW.toISOString(), commandId: 'c1' },
  ...more,
});
const recordOf = (instanceId: string, lineages: object) =>
  HostRecord.parse({ instanceId, group: 'web', lineages });
let store: MemoryStore;

beforeEach(() => {
  store = new MemoryStore(() => NOW);
});

describe("hosts' records", () => {
  const put = (id: string, lineages: object) =>
    store.put(`hosts/${id}.json`, JSON.stringify(recordOf(id, lineages)));

  it('are those of the hosts that are asked for; one that cannot be read is told, and none', async () => {
    for (const id of ['i-00000001', 'i-00000002']) await put(id, { shop: run() });
    await store.put('hosts/i-00000003.json', '{');
    await store.put('hosts/notes.txt', 'mine');
    const warned: unknown[] = [];
    const ids = ['i-00000001', 'i-00000003', 'i-00000004'];
    const records = await readHostRecords({ store }, ids, (error) => warned.push(error));
    expect([...records.keys()]).toEqual(['i-00000001']);
    expect(warned).toMatchObject([
      { reason: 'host-record-malformed', message: expect.stringContaining('hosts/i-00000003.json') },
    ]);
  });

  it('that are gone by the time they are read are none', async () => {
    await put('i-00000001', {});
    const reads = { list: store.list.bind(store), get: async () => undefined };
    const records = await readHostRecords({ store: reads }, ['i-00000001'], (error) => {
      throw error;
    });
    expect(records.size).toBe(0);
  });

  it('believe no run that was after they were written', async () => {
    const record = recordOf('i-1', { shop: run(), blog: run({ at: later(2 * DAY).toISOString() }) });
    const believed = believedRecord(record, NOW);
    expect(believed.lineages).toMatchObject({ shop: { at: NOW.toISOString() }, blog: { at: '' } });
    expect(believed).toMatchObject({ instanceId: 'i-1', group: 'web' });
    const sound = recordOf('i-1', { shop: run() });
    expect(believedRecord(sound, NOW).lineages).toBe(sound.lineages);
  });
});

describe('the life of what hosts have', () => {
  const closed = { ...hostGroup('web'), window: ['Mon-Thu 03:30-06:00 UTC'] };
  const open = hostGroup('api');
  const hosts = new Map([
    ['web', ['i-1', 'i-2']],
    ['api', ['i-3']],
  ]);
  const lives = async (lineages: Record<string, object>, wanted: object = {}) => {
    const reads: string[] = [];
    const get = (key: string) => {
      reads.push(key);
      return store.get(key);
    };
    const records = new Map(Object.entries(lineages).map(([id, runs]) => [id, recordOf(id, runs)]));
    const of = { name: 'shop', version: 'live', groups: ['web', 'api', 'gone'], ...wanted };
    const context = { groups: [closed, open], hosts, records, now: NOW };
    const found = await readLives({ get }, [of], context);
    return { reads, shop: found.get('shop') && Object.fromEntries(found.get('shop') ?? []) };
  };

  it('is read of each version once, from its chain', async () => {
    await archiveVersion(store, { ca, name: 'shop' }, { version: VERSION, notAfter: later(30 * DAY) });
    const { reads, shop } = await lives({ 'i-1': { shop: run() }, 'i-2': { shop: run() } });
    expect(reads).toEqual([`archive/shop/${VERSION}/fullchain.pem`]);
    expect(new Date(Object(shop?.[VERSION]).notAfter)).toEqual(later(30 * DAY));
  });

  it.each<[string, Record<string, object>, object, Record<string, string> | undefined]>([
    ['is not asked for where the group is open', { 'i-3': { shop: run() } }, {}, undefined],
    ['nor of another certificate', { 'i-1': { blog: run() } }, {}, undefined],
    ['nor of the live version', { 'i-1': { shop: run() } }, { version: VERSION }, undefined],
    [
      'but of the live version whose last run failed',
      { 'i-1': { shop: run({ outcome: 'failed' }) } },
      { version: VERSION },
      { [VERSION]: 'unknown' },
    ],
    ['nor where nothing is installed', { 'i-1': { shop: run({ version: undefined }) } }, {}, undefined],
    ['nor for groups that do not get it', { 'i-1': { shop: run() } }, { groups: ['api'] }, undefined],
    ['is unknown where the version is gone', { 'i-1': { shop: run() } }, {}, { [VERSION]: 'unknown' }],
    [
      'is unknown of what is no version',
      { 'i-1': { shop: run({ version: '../../blog' }) } },
      {},
      { '../../blog': 'unknown' },
    ],
  ])('%s', async (_, records, wanted, expected) => {
    const { shop, reads } = await lives(records, wanted);
    expect(shop).toEqual(expected);
    expect(reads.filter((key) => !key.includes(VERSION))).toEqual([]);
  });
});

describe('a fleet', () => {
  it('is asked for each group once; one that cannot be listed is told, and left out', async () => {
    const asked: string[] = [];
    const warned: unknown[] = [];
    const inGroup = async (group: string) => {
      asked.push(group);
      if (group === 'api') throw new Error('throttled');
      return [{ instanceId: 'i-1', online: true }];
    };
    const fleet = await listFleet({ inGroup }, ['web', 'api', 'web'], (error) => warned.push(error));
    expect(asked).toEqual(['web', 'api']);
    expect([...fleet]).toEqual([['web', [{ instanceId: 'i-1', online: true }]]]);
    expect(warned).toMatchObject([{ message: 'throttled' }]);
  });
});

describe("a command's result", () => {
  const known = { ...run(), requestedAt: later(-60_000).toISOString() };
  const command = { commandId: 'c2', at: NOW, requestedAt: later(-120_000) };

  it.each([
    ['of the recorded command', known, { ...command, commandId: 'c1', requestedAt: NOW }, true],
    ['of an older one', known, command, true],
    ['of one of the same instant', known, { ...command, requestedAt: later(-60_000) }, false],
    ['of a newer one', known, { ...command, requestedAt: later(-59_999) }, false],
    ['of one whose instant is not known', known, { ...command, requestedAt: undefined }, false],
    ['after one whose instant is not known', run(), command, false],
    ['after one at this instant', run({ requestedAt: NOW.toISOString() }), command, true],
    ['after one in the future', run({ requestedAt: later(1).toISOString() }), command, false],
    ['of a certificate without one', undefined, command, false],
  ])('%s counts as past or not', (_, recorded, of, past) => {
    expect(isPast(recorded, of)).toBe(past);
  });

  const context = { ...command, instanceId: 'i-1', group: 'api' };
  const result = { name: 'shop', version: 'v2', outcome: 'served' as const };

  it('moves the record to the group of its command, unless a newer one is recorded', () => {
    const before = recordOf('i-1', { blog: known });
    expect(recordResults(before, [result], context).group).toBe('web');
    const newest = { ...context, requestedAt: NOW };
    expect(recordResults(before, [result], newest).group).toBe('api');
    expect(recordResults(undefined, [result], newest).group).toBe('api');
  });

  it('is recorded with when it was asked for, or when the one before it was', () => {
    const before = recordOf('i-1', { shop: known });
    const at = (requestedAt: Date | undefined) =>
      recordResults(before, [result], { ...context, requestedAt }).lineages.shop?.requestedAt;
    expect(at(NOW)).toBe(NOW.toISOString());
    expect(at(undefined)).toBe(known.requestedAt);
  });

  it('keeps what a newer release recorded beside it', () => {
    const before = recordOf('i-1', { shop: { ...known, more: 1 } });
    const after = recordResults({ ...before, other: 2 } as typeof before, [result], context);
    expect(after).toMatchObject({ other: 2, lineages: { shop: { more: 1, version: 'v2' } } });
  });

  it('never came about where SSM or somebody stopped the command', () => {
    const reasons = ['ssm-terminated', 'ssm-cancelled', 'nginx-test-failed', undefined];
    expect(reasons.map((reason) => neverRan({ reason }))).toEqual([true, true, false, false]);
  });
});
