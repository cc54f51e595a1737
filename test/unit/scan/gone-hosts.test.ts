import { beforeEach, describe, expect, it } from 'vitest';
import { HostsError } from '../../../lib/delivery/deployment/hosts.ts';
import { recordResults } from '../../../lib/delivery/deployment/rules/host-record.ts';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import { readStatus } from '../../../lib/reporting/status/read-status.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { RecordedEvents } from '../../fakes/recorded-events.ts';
import { scanDeps } from '../../fakes/scan-deps.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';
import { storeLive } from '../../fakes/stored-certificate.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const VERSION = '20261101T000000Z-0a1b2c';
const GONE = 'i-00000001';
const THERE = 'i-00000002';
const stack = stackOf({ domains: ['example.com'], hostGroups: ['web', 'api', 'spare'].map(hostGroup) });
const ca = await makeCa();
let now: Date;
let store: MemoryStore;
let hosts: FakeHosts;

beforeEach(async () => {
  now = new Date(NOW.getTime() - 40 * DAY);
  store = new MemoryStore(() => now);
  hosts = new FakeHosts();
  hosts.groups.set('web', [{ instanceId: THERE, online: true }]);
  for (const group of ['web', 'api']) {
    await store.put(
      `renewal/${group}.json`,
      JSON.stringify({ names: [`${group}.example.com`], hosts: [group] }),
    );
    const facts = { names: [`${group}.example.com`], version: VERSION, more: { hosts: [group] } };
    await storeLive(store, { ca, name: group }, { ...facts, notAfter: new Date(NOW.getTime() + 60 * DAY) });
  }
});

async function reported(
  instanceId: string,
  group: string,
  { hoursAgo = 2, version = 'older', names = ['web', 'api'] } = {},
) {
  now = new Date(NOW.getTime() - hoursAgo * HOUR);
  const results = names.map((name) => ({ name, version, outcome: 'served' as const }));
  const record = recordResults(undefined, results, { instanceId, group, commandId: 'c1', at: now });
  await store.put(`hosts/${instanceId}.json`, JSON.stringify(record));
}

function check(start = 'hourly-check') {
  now = NOW;
  return scan(
    scanDeps({ store, hosts, stack }),
    parseStart(start === 'check' ? { start, names: ['web'] } : { start }),
    NOW,
  );
}
const records = () => store.keys().filter((key) => key.startsWith('hosts/'));

describe('a host that Systems Manager does not list any more', () => {
  it('ends with the next check, and its certificates are well', async () => {
    await reported(GONE, 'web');
    await reported(THERE, 'web', { version: VERSION });
    const health = async () =>
      (await readStatus({ store, hosts, stack }, { now: NOW, readsAtOnce: 8 })).find(
        ({ name }) => name === 'web',
      )?.health;
    expect(await health()).toBe('ok');
    await check();
    expect(records()).toEqual([`hosts/${THERE}.json`]);
    expect(await health()).toBe('ok');
  });

  it.each<[string, () => unknown, string?]>([
    ['it is only offline', () => hosts.groups.get('web')?.push({ instanceId: GONE, online: false })],
    ['it reported within the hour', () => reported(GONE, 'web', { hoursAgo: 0.9 })],
    ['it moved to another group', () => hosts.groups.set('api', [{ instanceId: GONE, online: true }])],
    ['nothing is to be written', () => {}, 'plan'],
    ['only some certificates are looked at', () => {}, 'check'],
    ['its group is not listed now', () => reported(GONE, 'spare', { hoursAgo: 24 * 31 })],
    [
      'a group cannot be listed, and it may be there',
      () => {
        hosts.before = (group) => {
          if (group === 'api') throw new HostsError('hosts-unavailable', 'try later');
        };
      },
    ],
    ['its group left the settings lately', () => reported(GONE, 'left', { hoursAgo: 24 * 29 })],
  ])('stays while %s', async (_, meanwhile, start) => {
    await reported(GONE, 'web');
    await meanwhile();
    await check(start);
    expect(records()).toEqual([`hosts/${GONE}.json`]);
  });

  it.each([
    ['of a group that is in no setting any more', 'left'],
    ['that cannot be read', undefined],
  ])('ends after a month with a record %s', async (_, group) => {
    await reported(GONE, group ?? 'web', { hoursAgo: 24 * 31 });
    now = new Date(NOW.getTime() - 31 * DAY);
    if (!group) await store.put(`hosts/${GONE}.json`, '{broken');
    await check();
    expect(records()).toEqual([]);
  });

  it('ends with the weekly sweep where no certificate goes to its group', async () => {
    await reported(GONE, 'spare');
    await check('weekly-sweep');
    expect(records()).toEqual([]);
  });

  it('keeps a report that comes meanwhile', async () => {
    await reported(GONE, 'web');
    const remove = store.remove.bind(store);
    store.remove = async (key, options) => {
      await store.put(key, '{"reported": "anew"}');
      return remove(key, options);
    };
    await check();
    expect(records()).toEqual([`hosts/${GONE}.json`]);
  });

  it('holds up nothing where its record cannot be removed', async () => {
    await reported(GONE, 'web');
    store.remove = async () => {
      throw new StoreError('store-access-denied', 'could not remove it');
    };
    expect((await check()).warnings).toEqual(['could not remove it']);
  });
});

describe('a host that still has a revoked version of what is not wanted any more', () => {
  beforeEach(async () => {
    const facts = { names: ['old.example.com'], version: VERSION, more: { hosts: [] } };
    await storeLive(store, { ca, name: 'old' }, { ...facts, notAfter: new Date(NOW.getTime() + 60 * DAY) });
    const revoked = { version: '20261001T000000Z-0a1b2c', serial: '03ff', keyFingerprint: 'ab' };
    const how = { reason: 'superseded', askedAt: NOW.toISOString(), revokedAt: NOW.toISOString() };
    await store.put('revoked/old.json', JSON.stringify({ versions: [{ ...revoked, ...how }] }));
    await reported(GONE, 'web', { version: revoked.version, names: ['old'] });
    hosts.groups.set('web', [{ instanceId: GONE, online: true }]);
  });

  it.each<[string, () => unknown]>([
    ['it is listed', () => {}],
    [
      'its group cannot be listed',
      () => {
        hosts.before = (group) => {
          if (group === 'web') throw new HostsError('hosts-unavailable', 'try later');
        };
      },
    ],
    ['no certificate goes to its group any more', () => store.remove('renewal/web.json')],
    [
      'what failed of it cannot be read',
      async () => {
        await store.put('state/old.json', '{"failures":3}');
        breakReads('state/old.json');
      },
    ],
  ])('is named by each check, also where %s', async (_, meanwhile) => {
    await meanwhile();
    const { events } = await checked();
    const [summary] = events.of('Certificates Checked');
    expect(summary?.unwell?.items).toContainEqual(
      expect.objectContaining({ name: 'old', health: 'revoked' }),
    );
  });

  it.each([
    ['what it has', `hosts/${GONE}.json`, { hosts: true, names: [] }],
    ['what failed of it', 'state/old.json', { hosts: false, names: ['old'] }],
    ['its pointer', 'live/old.json', { hosts: false, names: ['old'] }],
    ['its revocations', 'revoked/old.json', { hosts: false, names: ['old'] }],
  ])(
    'is perhaps unwell where the bucket does not give %s, and no other waits for it',
    async (_, key, unseen) => {
      if (unseen.hosts) {
        await store.remove('renewal/web.json');
        hosts.groups.set('api', [{ instanceId: THERE, online: true }]);
      }
      await store.put('state/old.json', '{"failures":3}');
      breakReads(key);
      const { plan, events } = await checked();
      expect(events.of('Certificates Checked')).toMatchObject([{ unseen, warnings: [] }]);
      if (unseen.hosts) expect(plan.deployments).toMatchObject([{ group: 'api', names: ['api'] }]);
    },
  );

  it('is perhaps not all, where stray objects cannot be looked for', async () => {
    breakLists('orders/');
    expect((await checked()).events.of('Certificates Checked')).toMatchObject([{ unseen: { strays: true } }]);
  });

  it('is perhaps unwell where the bucket does not give the record of a host that is listed', async () => {
    breakReads(`hosts/${GONE}.json`);
    const { events } = await checked();
    expect(events.of('Certificates Checked')).toMatchObject([{ unseen: { hosts: true } }]);
  });

  it('is not repaired before it could be read whether that backs off', async () => {
    now = new Date(NOW.getTime() - HOUR);
    await store.put('pending/old.json', JSON.stringify({ owner: 'dead', leaseSeconds: 0, records: [] }));
    await store.put('state/old.json', '{"failures":3}');
    breakReads('state/old.json');
    const { plan, events } = await checked();
    expect(plan.batches).toEqual([]);
    expect(events.of('Certificates Checked')).toMatchObject([{ unseen: { names: ['old'] } }]);
  });

  it.each([
    [
      'a record of a host that is in no list',
      () => breakReads(`hosts/${GONE}.json`),
      `could not read hosts/${GONE}.json`,
    ],
    ['a list in which stray objects may be', () => breakLists('orders/'), 'could not list orders/'],
  ])('a weekly sweep says that it could not read %s', async (_, spoil, warning) => {
    await store.remove('renewal/web.json');
    hosts.groups.clear();
    spoil();
    const { events } = await checked('weekly-sweep');
    expect(events.of('Certificates Checked')[0]?.warnings).toContain(warning);
  });

  it('hides nothing, and is told by nobody, where its record is malformed', async () => {
    await store.remove('renewal/web.json');
    await store.put(`hosts/${GONE}.json`, '{broken');
    const { plan, events } = await checked();
    expect(plan.warnings).toEqual([]);
    expect(events.of('Certificates Checked')[0]).not.toHaveProperty('unseen');
  });
});

function breakReads(broken: string): void {
  const get = store.get.bind(store);
  store.get = async (key) => {
    if (key === broken) throw new StoreError('store-unavailable', `could not read ${key}`);
    return get(key);
  };
}

function breakLists(broken: string): void {
  const list = store.list.bind(store);
  store.list = async (prefix, options) => {
    if (prefix === broken) throw new StoreError('store-unavailable', `could not list ${prefix}`);
    return list(prefix, options);
  };
}

async function checked(start: 'hourly-check' | 'weekly-sweep' = 'hourly-check') {
  const events = new RecordedEvents();
  now = NOW;
  const plan = await scan(scanDeps({ store, hosts, stack, events }), parseStart({ start }), NOW);
  return { plan, events };
}
