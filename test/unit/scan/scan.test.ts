import { beforeEach, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../../lib/adapters/node/runtime.ts';
import { HostsError } from '../../../lib/delivery/deployment/hosts.ts';
import { recordResults } from '../../../lib/delivery/deployment/rules/host-record.ts';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import type { LivePointer } from '../../../lib/foundation/certificate/live-pointer.ts';
import type { CheckSummary } from '../../../lib/foundation/events/events.ts';
import { DnsError } from '../../../lib/issuance/dns/resolver.ts';
import { ZoneError, type Zones } from '../../../lib/issuance/dns/zones.ts';
import { readStatus } from '../../../lib/reporting/status/read-status.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { FakeResolver } from '../../fakes/fake-resolver.ts';
import { FakeZones } from '../../fakes/fake-zones.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { RecordedEvents } from '../../fakes/recorded-events.ts';
import { hostGroup, stackOf, zoneRole } from '../../fakes/stack.ts';
import { archiveVersion, storeLive } from '../../fakes/stored-certificate.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const DAY = 86_400_000;
const VERSION = '20260101T000000Z-0a1b2c';
const HOST = 'i-00000001';
const stack = stackOf({
  domains: ['example.com', 'example.org'],
  hostGroups: ['web', 'api'].map(hostGroup),
  zoneRoles: ['dns', 'closed'].map(zoneRole),
  alsoAllow: ['amazon.com'],
});
const ca = await makeCa();
let store: MemoryStore;
let hosts: FakeHosts;
let events: RecordedEvents;
let zones: FakeZones;

beforeEach(() => {
  store = new MemoryStore(() => NOW);
  hosts = new FakeHosts();
  events = new RecordedEvents();
  zones = new FakeZones('example.com', 'example.org');
});

const deps = () => ({
  store,
  hosts,
  events,
  stack,
  zonesOf: (_role: string | undefined): Zones => zones,
  resolver: new FakeResolver(zones),
  caaIssuer: async () => ({ identity: 'ca.test' }),
  describeAccount: async (_ca: string) => undefined as { accountUri: string } | undefined,
  askRenewalInfo: async () => undefined,
  runtime: nodeRuntime,
});
const weekly = () => scan(deps(), parseStart({ start: 'weekly-sweep' }), NOW);
const want = (name: string, more: object = {}) =>
  store.put(`renewal/${name}.json`, JSON.stringify({ names: ['example.com'], ...more }));
const live = (name: string, daysLeft: number, { names, ...more }: Partial<LivePointer> = {}) =>
  storeLive(
    store,
    { ca, name },
    { version: VERSION, notAfter: new Date(NOW.getTime() + daysLeft * DAY), more, ...(names && { names }) },
  );

it('a plan writes nothing, however much it reads', async () => {
  for (let index = 0; index <= 20_000; index += 1) await store.put(`renewal/n${index}.json`, '{');
  const written: string[] = [];
  store.beforeWrite = (key) => written.push(key);
  expect((await scan(deps(), parseStart({ start: 'plan' }), NOW)).certificates).toHaveLength(20_001);
  expect(written).toEqual([]);
});

describe('a plan of a file that is not in the bucket', () => {
  it('says what would come of it, and writes nothing', async () => {
    const before = store.keys();
    const files = { shop: { names: ['shop.example.com'] }, bad: { names: [] } };
    const { certificates } = await scan(deps(), parseStart({ start: 'plan', files }), NOW);
    expect(certificates).toMatchObject([
      { name: 'shop', action: 'renew', reason: 'never-issued', zones: ['example.com'] },
      { name: 'bad', action: 'reject', reason: 'renewal-file-invalid' },
    ]);
    expect([store.keys(), events.facts]).toEqual([before, []]);
  });

  it('takes it in the place of the one that is there', async () => {
    await want('shop');
    await live('shop', 60);
    const names = ['shop.example.com', 'www.shop.example.com'];
    const start = parseStart({ start: 'plan', files: { shop: { names } } });
    expect((await scan(deps(), start, NOW)).certificates).toMatchObject([
      { action: 'renew', reason: 'names-changed' },
    ]);
  });
});

it('a plan of a repair says which renewal is held up beside it', async () => {
  await want('due', { hosts: ['web'] });
  await live('due', 12);
  const plan = async () => (await scan(deps(), parseStart({ start: 'plan' }), NOW)).certificates;
  const notBefore = new Date(NOW.getTime() + DAY).toISOString();
  await store.put('state/due.json', JSON.stringify({ failures: 2, notBefore }));
  expect(await plan()).toMatchObject([{ action: 'mend', heldUp: 'expires-soon' }]);
  await live('due', 60);
  await store.remove('state/due.json');
  expect(await plan()).toEqual([expect.not.objectContaining({ heldUp: expect.anything() })]);
});

describe('a check of all certificates', () => {
  it('rejects a key that stands twice at each check, from the index too', async () => {
    await store.put('renewal/shop.json', '{ "names": ["example.com"], "names": ["www.example.com"] }');
    for (const start of ['weekly-sweep', 'hourly-check', 'hourly-check'] as const) {
      const { certificates } = await scan(deps(), parseStart({ start }), NOW);
      expect(certificates).toMatchObject([{ action: 'reject', reason: 'renewal-file-invalid' }]);
    }
  });

  it('says how they are', async () => {
    await want('due');
    await live('due', 12);
    await store.put('state/due.json', JSON.stringify({ failures: 2 }));
    await want('fresh', { hosts: ['web'] });
    await live('fresh', 60, { hosts: ['web'] });
    hosts.groups.set('web', [{ instanceId: HOST, online: true }]);
    await want('new', { names: ['new.example.org'] });
    await store.put('renewal/broken.json', '{');
    await weekly();
    const [{ soonest, ...checked }] = events.of('Certificates Checked') as [CheckSummary];
    expect(soonest.map(({ name, lifeLeft }) => [name, lifeLeft.toFixed(3)])).toEqual([
      ['due', '0.133'],
      ['fresh', '0.667'],
    ]);
    expect(checked).toEqual({
      start: 'weekly-sweep',
      at: NOW.toISOString(),
      certificates: 4,
      failing: { count: 1, items: ['due'] },
      overdue: { count: 1, items: ['due'] },
      rejected: {
        count: 1,
        items: [expect.objectContaining({ name: 'broken', reason: 'renewal-file-invalid' })],
      },
      hostsBehind: { count: 1, groups: ['web'] },
      groupsOnline: ['web'],
      groupsAway: [],
      unwell: {
        count: 4,
        byHealth: { rejected: 1, failing: 1, 'never-issued': 1, 'hosts-behind': 1 },
        items: ['broken', 'due', 'new', 'fresh'].map((name) => expect.objectContaining({ name })),
      },
      pinned: { count: 0, items: [] },
      warnings: [],
    });
  });

  it('counts what no certificate can have as a name, and what does not belong there, as status does', async () => {
    await store.put('renewal/Read Me.json', '{}');
    await store.put('state/.DS_Store', 'x');
    await weekly();
    const [{ unwell }] = events.of('Certificates Checked') as [CheckSummary];
    const status = await readStatus({ store, hosts, stack }, { now: NOW, readsAtOnce: 4 });
    expect(status.map(({ health }) => health)).toEqual(['rejected', 'rejected']);
    expect(unwell).toMatchObject({ count: 2, byHealth: { rejected: 2 } });
    expect(unwell?.items.map(({ name }) => name).sort()).toEqual(status.map(({ name }) => name).sort());
  });

  it.each([
    ['hourly-check', 1],
    ['weekly-sweep', 1],
    ['force', 0],
    ['plan', 0],
  ] as const)('is what %s is: %i', async (start, count) => {
    await want('fresh');
    await live('fresh', 60);
    const event = start === 'force' ? { start, names: '*' } : { start };
    await scan(deps(), parseStart(event), NOW);
    expect(events.of('Certificates Checked')).toHaveLength(count);
  });
});

it('asks the CA about a certificate with a schedule of its own too, and follows it in the first half of the life', async () => {
  await want('own', { renewBeforeDays: 10 });
  await live('own', 60);
  const window = { start: new Date(NOW.getTime() - 2_000), end: new Date(NOW.getTime() - 1_000) };
  const given = { ...deps(), askRenewalInfo: async () => ({ window }) };
  const { certificates } = await scan(given, parseStart({ start: 'hourly-check' }), NOW);
  expect(certificates).toMatchObject([{ name: 'own', action: 'renew', reason: 'suggested-window' }]);
});

it('refuses a schedule that would renew for ever, with what to set, and renews in the last sixth even so', async () => {
  await want('early', { renewBeforeDays: 200 });
  await live('early', 60);
  await want('late', { names: ['example.org'], renewBeforeDays: 200 });
  await live('late', 5, { names: ['example.org'] });
  const { certificates } = await weekly();
  expect(certificates).toMatchObject([
    { name: 'early', action: 'reject', reason: 'renews-for-ever' },
    { name: 'late', action: 'renew', reason: 'expires-soon' },
  ]);
});

describe('a scan', () => {
  it('says for each certificate what and why, and puts what is due on the bus', async () => {
    await want('due');
    await live('due', 12);
    await want('fresh');
    await live('fresh', 60);
    await want('new', { names: ['new.example.org'] });
    await store.put('renewal/broken.json', '{');
    const plan = await weekly();
    expect(plan.certificates.map(({ name, action, reason }) => [name, action, reason])).toEqual([
      ['broken', 'reject', 'renewal-file-invalid'],
      ['due', 'renew', 'expires-soon'],
      ['fresh', 'wait', 'not-due'],
      ['new', 'renew', 'never-issued'],
    ]);
    expect(events.of('Renewal Due')).toEqual(plan.batches);
    expect(plan.batches.map(({ certificates }) => certificates)).toEqual([
      [{ name: 'new', reason: 'never-issued', replacing: null }],
      [{ name: 'due', reason: 'expires-soon', replacing: VERSION }],
    ]);
  });

  it.each([
    ['the file', 'outside-domains', () => want('bad', { names: ['example.net'] })],
    ['the name of the file', 'bad-lineage-name', () => want('*.bad')],
  ])('rejects a certificate for %s, and goes on with the others', async (_, reason, breakIt) => {
    await want('good');
    await breakIt();
    const { certificates, batches } = await weekly();
    expect(certificates).toContainEqual(expect.objectContaining({ action: 'reject', reason }));
    expect(batches.flatMap((batch) => batch.certificates.map(({ name }) => name))).toEqual(['good']);
  });

  it('rejects a name that no hosted zone holds', async () => {
    await want('bad', { names: ['example.com'] });
    const plan = await scan(
      { ...deps(), zonesOf: () => new FakeZones('example.org') },
      parseStart({ start: 'plan' }),
      NOW,
    );
    expect(plan.certificates).toMatchObject([{ action: 'reject', reason: 'no-hosted-zone' }]);
  });

  it('has a new host install what is live of a certificate whose hosted zone is gone', async () => {
    hosts.groups.set('web', [{ instanceId: HOST, online: true }]);
    await want('shop', { hosts: ['web'], acm: [{ region: 'us-east-1' }], probe: true });
    await live('shop', 60, { hosts: ['web'] });
    zones = new FakeZones('example.org');
    const { certificates, deployments, imports, probes } = await weekly();
    expect(certificates).toMatchObject([{ name: 'shop', action: 'reject', reason: 'no-hosted-zone' }]);
    expect(deployments).toMatchObject([{ group: 'web', reason: 'host-new', names: ['shop'], hosts: [HOST] }]);
    expect({ imports, probes }).toEqual({ imports: ['shop'], probes: ['shop'] });
  });

  it.each([
    ['a new host install what is live of a certificate that is about to be renewed', {}, ['shop']],
    ['no other host do that', { blog: 'v1' }, []],
  ])('has %s', async (_, has, expected) => {
    hosts.groups.set('web', [{ instanceId: HOST, online: true }]);
    await want('shop', { hosts: ['web'] });
    await live('shop', 10, { hosts: ['web'] });
    const runs = Object.entries(has).map(([name, version]) => {
      const run = { group: 'web', version, outcome: 'served', commandId: 'c1', at: NOW.toISOString() };
      return [name, run];
    });
    const lineages = Object.fromEntries(runs);
    if (runs.length > 0)
      await store.put(`hosts/${HOST}.json`, JSON.stringify({ instanceId: HOST, group: 'web', lineages }));
    const { certificates, deployments } = await weekly();
    expect(certificates).toMatchObject([{ name: 'shop', action: 'renew' }]);
    expect(deployments.flatMap(({ names }) => names)).toEqual(expected);
  });

  it('has new groups shown what is live of a certificate whose hosted zone is gone, again after a back-off', async () => {
    await want('shop', { hosts: ['web', 'api'] });
    await live('shop', 10, { hosts: ['web'] });
    zones = new FakeZones('example.org');
    const certificates = [{ name: 'shop', reason: 'hosts-changed', replacing: VERSION }];
    const shown = { certificates: [{ action: 'reject' }], batches: [{ zoneIds: [], certificates }] };
    expect(await weekly()).toMatchObject(shown);
    const failed = { failures: 1, notBefore: new Date(NOW.getTime() + 1).toISOString() };
    await store.put('state/shop.json', JSON.stringify({ failures: 0, repairs: { 'hosts-changed': failed } }));
    expect((await weekly()).batches).toEqual([]);
  });

  it('remembers why a file is rejected that only the DNS shows, and tells it at once', async () => {
    await want('shop', { names: ['shop.example.com'] });
    const without = { ...deps(), zonesOf: () => new FakeZones('example.org') };
    const held = () => JSON.parse(store.text('state/shop.json') || '{}').held;
    const changed = { 'detail-type': 'Object Created', detail: { object: { key: 'renewal/shop.json' } } };
    await scan(without, parseStart(changed), NOW);
    expect(held()).toMatchObject({ action: 'reject', reason: 'no-hosted-zone' });
    expect(events.of('Renewal File Rejected')).toMatchObject([{ name: 'shop', reason: 'no-hosted-zone' }]);
    const before = store.text('state/shop.json');
    await scan(without, parseStart({ start: 'weekly-sweep' }), NOW);
    expect(store.text('state/shop.json')).toBe(before);
    await weekly();
    expect(held()).toBeUndefined();
  });

  it('remembers of the others why they are rejected where the state of one cannot be written', async () => {
    zones = new FakeZones();
    for (const name of ['blog', 'shop', 'wiki']) await want(name);
    store.beforeWrite = (key) => {
      if (key === 'state/shop.json') throw new StoreError('store-unavailable', `could not write ${key}`);
    };
    const { warnings } = await weekly();
    expect(store.keys().filter((key) => key.startsWith('state/'))).toEqual([
      'state/blog.json',
      'state/wiki.json',
    ]);
    expect(warnings).toEqual(['could not write state/shop.json']);
  });

  it('writes no more of them once three in a row could not be written', async () => {
    zones = new FakeZones();
    for (const name of ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h']) await want(name);
    store.beforeWrite = (key) => {
      if (/^state.[bcefgh]/.test(key)) throw new StoreError('store-unavailable', `could not write ${key}`);
    };
    const { warnings } = await weekly();
    expect(warnings).toEqual(['b', 'c', 'e', 'f', 'g'].map((name) => `could not write state/${name}.json`));
  });

  it('reads no object of a certificate that is as it was at the last check', async () => {
    for (const name of ['a', 'b']) {
      await want(name);
      await live(name, 60);
      await store.put(`state/${name}.json`, '{"failures":0}');
    }
    const hourly = () => scan(deps(), parseStart({ start: 'hourly-check' }), NOW);
    const first = await hourly();
    const read = store.get.bind(store);
    const asked: string[] = [];
    store.get = (key) => {
      asked.push(key);
      return read(key);
    };
    expect(await hourly()).toEqual(first);
    // What new hosts install is read to be compared.
    const lists = ['groups/web.json', 'groups/api.json'];
    expect(asked).toEqual(['index.json', ...lists]);
    await store.put('state/b.json', '{"failures":0,"suggested":{"certId":"a.b"}}');
    await hourly();
    expect(asked).toEqual(['index.json', ...lists, 'index.json', 'state/b.json', ...lists]);
  });

  it('warns of an index that cannot be written, and goes on', async () => {
    await want('due');
    store.beforeWrite = (key) => {
      if (key === 'index.json') throw new StoreError('store-access-denied', 'could not write index.json');
    };
    const plan = await scan(deps(), parseStart({ start: 'hourly-check' }), NOW);
    expect(plan).toMatchObject({ batches: [{}], warnings: ['could not write index.json'] });
  });

  it('as a plan changes nothing', async () => {
    await want('due');
    const before = store.keys();
    const plan = await scan(deps(), parseStart({ start: 'plan' }), NOW);
    expect(plan.batches).toHaveLength(1);
    expect(events.facts).toEqual([]);
    expect(store.keys()).toEqual(before);
  });

  it('by force looks at the named only, and says which are not there', async () => {
    for (const name of ['a', 'b']) {
      await want(name);
      await live(name, 60);
    }
    const plan = await scan(deps(), parseStart({ start: 'force', names: ['a', 'gone'] }), NOW);
    expect(plan.certificates).toMatchObject([
      { name: 'a', action: 'renew', reason: 'forced' },
      { name: 'gone', action: 'reject', reason: 'renewal-file-missing' },
    ]);
  });

  describe('of more that are due than one run orders', () => {
    const few = () => ({ ...deps(), stack: { ...stack, ordersPerRun: 2 } });
    const sent = () =>
      events.facts.flatMap((fact) =>
        fact.type === 'Renewal Due' ? fact.detail.certificates.map(({ name }) => name) : [],
      );
    beforeEach(async () => {
      for (const [name, left] of [
        ['a', 12],
        ['b', 2],
        ['c', 20],
        ['d', 7],
      ] as const) {
        await want(name);
        await live(name, left);
      }
    });

    it('sends the most urgent, and leaves the others for the next run', async () => {
      const plan = await scan(few(), parseStart({ start: 'hourly-check' }), NOW);
      expect(sent()).toEqual(['b', 'd']);
      expect(plan.certificates.map(({ name, reason }) => [name, reason])).toEqual([
        ['a', 'orders-per-run'],
        ['b', 'expires-soon'],
        ['c', 'orders-per-run'],
        ['d', 'expires-soon'],
      ]);
    });

    it('sends all that are forced by name, but not all at once', async () => {
      await scan(few(), parseStart({ start: 'force', names: ['a', 'b', 'c'] }), NOW);
      expect(sent()).toEqual(['b', 'a', 'c']);
      events.facts.length = 0;
      await scan(few(), parseStart({ start: 'force', names: '*' }), NOW);
      expect(sent()).toEqual(['b', 'd']);
    });
  });

  it('of a changed file looks at that file', async () => {
    await want('a');
    await want('b');
    const changed = { 'detail-type': 'Object Created', detail: { object: { key: 'renewal/b.json' } } };
    const plan = await scan(deps(), parseStart(changed), NOW);
    expect(plan.certificates.map(({ name }) => name)).toEqual(['b']);
    expect((await scan(deps(), parseStart({ start: 'check', names: ['b'] }), NOW)).batches).toEqual(
      plan.batches,
    );
  });

  it('rejects what is no renewal file and stands among them, and tells what is none of ours elsewhere', async () => {
    const later = new Date(NOW.getTime() + DAY);
    let clock = NOW;
    store = new MemoryStore(() => clock);
    await want('good');
    for (const name of ['.DS_Store', 'good', '*.bad.json']) await store.put(`renewal/${name}`, 'stray');
    for (const prefix of ['live', 'pending', 'revoked', 'acm', 'hosts'])
      for (const name of ['.stray', 'stray', '*.stray.json']) await store.put(`${prefix}/${name}`, 'stray');
    clock = later;
    const { certificates, warnings } = await scan(deps(), parseStart({ start: 'weekly-sweep' }), later);
    expect(certificates).toEqual([
      {
        name: '*.bad',
        action: 'reject',
        reason: 'bad-lineage-name',
        message:
          'renewal/*.bad.json: the name may hold only a-z, 0-9, "-", "_" and single dots, and starts with a letter or digit; rename it, for example to example.com',
      },
      {
        name: '.DS_Store',
        action: 'reject',
        reason: 'bad-key',
        message: 'renewal/.DS_Store: give the file a name that ends in .json',
      },
      {
        name: 'good',
        action: 'reject',
        reason: 'bad-key',
        message: 'renewal/good: give the file a name that ends in .json',
      },
      expect.objectContaining({ name: 'good', action: 'renew' }),
      ...['live', 'pending', 'revoked', 'hosts', 'acm'].flatMap((prefix) =>
        ['*.stray.json', '.stray', 'stray'].map((name) =>
          expect.objectContaining({ name: `${prefix}/${name}`, action: 'reject', reason: 'stray-object' }),
        ),
      ),
    ]);
    expect(warnings).toEqual([]);
  });

  it('finds the same again: nothing is lost with a message', async () => {
    await want('due');
    expect((await weekly()).batches).toEqual((await weekly()).batches);
    expect(events.of('Renewal Due')).toHaveLength(2);
  });
});

describe('hosts that lack a version', () => {
  const deployed = async (group: string) => {
    await want(group, { hosts: [group] });
    await live(group, 60, { hosts: [group] });
    hosts.groups.set(group, [{ instanceId: HOST, online: true }]);
  };
  const holds = (name: string, version: string) => {
    const result = { name, version, outcome: 'served' as const };
    const context = { instanceId: HOST, group: name, commandId: 'c1', at: NOW };
    return store.put(`hosts/${HOST}.json`, JSON.stringify(recordResults(undefined, [result], context)));
  };

  it('get it', async () => {
    await deployed('web');
    await holds('web', 'older');
    expect((await weekly()).deployments).toEqual([
      { group: 'web', names: ['web'], reason: 'host-behind', hosts: [HOST] },
    ]);
    expect(events.of('Deployment Due')).toEqual([
      { group: 'web', reason: 'host-behind', names: ['web'], hosts: [HOST] },
    ]);
  });

  it.each([
    [50, 50],
    [51, undefined],
  ])('get it, %i of them, by their ids or as the whole group', async (count, named) => {
    await deployed('web');
    const ids = Array.from({ length: count }, (_, index) => `i-${index}`);
    hosts.groups.set(
      'web',
      ids.map((instanceId) => ({ instanceId, online: true })),
    );
    await weekly();
    expect(events.of('Deployment Due').map((detail) => detail.hosts?.length)).toEqual([named]);
  });

  it('get what replaces a revoked version apart from the rest, and first', async () => {
    await deployed('web');
    await want('other', { hosts: ['web'] });
    await live('other', 60, { hosts: ['web'] });
    await holds('web', '20261001T000000Z-0a1b2c');
    const revocation = {
      serial: 'aa',
      keyFingerprint: 'c'.repeat(64),
      reason: 'superseded',
      askedAt: NOW.toISOString(),
    };
    const versions = [{ version: '20261001T000000Z-0a1b2c', ...revocation }];
    await store.put('revoked/web.json', JSON.stringify({ versions }));
    expect((await weekly()).deployments).toMatchObject([
      { names: ['web'], reason: 'revoked', hosts: [HOST] },
      { names: ['other'], reason: 'host-behind', hosts: [HOST] },
    ]);
    const [{ unwell }] = events.of('Certificates Checked') as [CheckSummary];
    expect(unwell?.items).toContainEqual(expect.objectContaining({ name: 'web', health: 'revoked' }));
  });

  it('are none when all hold it, or are offline', async () => {
    await deployed('web');
    await holds('web', VERSION);
    expect((await weekly()).deployments).toEqual([]);
    await holds('web', 'older');
    hosts.groups.set('web', [{ instanceId: HOST, online: false }]);
    expect((await weekly()).deployments).toEqual([]);
  });

  it('get it although another group cannot be asked for', async () => {
    await deployed('api');
    await deployed('web');
    hosts.before = (group) => {
      if (group === 'api') throw new HostsError('hosts-unavailable', 'could not list the hosts of group api');
    };
    const plan = await weekly();
    expect(plan.deployments.map(({ group }) => group)).toEqual(['web']);
    expect(plan.warnings).toEqual(['could not list the hosts of group api']);
  });

  it('get it although their record cannot be read', async () => {
    await deployed('web');
    await store.put(`hosts/${HOST}.json`, '{broken');
    const plan = await weekly();
    expect(plan.deployments.map(({ group }) => group)).toEqual(['web']);
    expect(plan.warnings).toEqual([expect.stringContaining(`hosts/${HOST}.json: is not JSON`)]);
  });
});

describe('zones in another account', () => {
  let asked: (string | undefined)[];

  /** `closed` cannot be assumed; `dns` leads to example.org alone. */
  function through(role: string | undefined): Zones {
    asked.push(role);
    if (role === undefined) return new FakeZones('example.com');
    const other = new FakeZones('example.org');
    if (role === 'closed')
      other.list = async () => {
        throw new ZoneError('zone-role-denied', 'could not assume zone role closed');
      };
    return other;
  }

  beforeEach(() => {
    asked = [];
  });
  const plan = () => scan({ ...deps(), zonesOf: through }, parseStart({ start: 'weekly-sweep' }), NOW);

  it('are listed once for each role that a file names, and only then', async () => {
    await want('own');
    await plan();
    expect(asked).toEqual([undefined]);
    asked = [];
    for (const name of ['a', 'b']) await want(name, { names: ['example.org'], zoneRole: 'dns' });
    await plan();
    expect(asked).toEqual([undefined, 'dns']);
  });

  it('make a batch of their own, which names the role', async () => {
    await want('own');
    await want('theirs', { names: ['example.org'], zoneRole: 'dns' });
    const { batches } = await plan();
    expect(batches.map(({ zoneRole, zoneIds }) => [zoneRole, zoneIds])).toEqual([
      [undefined, ['ZEXAMPLECOM']],
      ['dns', ['ZEXAMPLEORG']],
    ]);
  });

  it('whose role cannot be assumed reject their certificates, and no others', async () => {
    await want('own');
    for (const name of ['a', 'b']) await want(name, { names: ['example.org'], zoneRole: 'closed' });
    const { certificates, batches } = await plan();
    expect(certificates).toMatchObject([
      { name: 'a', action: 'reject', reason: 'zone-role-denied' },
      { name: 'b', action: 'reject', reason: 'zone-role-denied' },
      { name: 'own', action: 'renew' },
    ]);
    expect(batches.flatMap((batch) => batch.certificates.map(({ name }) => name))).toEqual(['own']);
    expect(asked).toEqual([undefined, 'closed']);
  });

  it('that only renew may see hold up no renewal; a sweep and a plan say once what they do not see', async () => {
    const unseen = () => {
      const sealed = new FakeZones('example.org');
      sealed.list = async () => {
        throw new ZoneError('zone-role-unseen', 'the hosted zones of zone role dns are not seen here');
      };
      return sealed;
    };
    const scanned = (start: string) =>
      scan({ ...deps(), zonesOf: (role) => (role ? unseen() : zones) }, parseStart({ start }), NOW);
    await want('own');
    for (const name of ['a', 'b']) await want(name, { names: ['x.example.org'], zoneRole: 'dns' });
    for (const start of ['weekly-sweep', 'plan']) {
      const { certificates, warnings, batches } = await scanned(start);
      expect(certificates.map(({ action }) => action)).toEqual(['renew', 'renew', 'renew']);
      expect(warnings).toEqual(['the hosted zones of zone role dns are not seen here']);
      expect(batches).toContainEqual(expect.objectContaining({ zoneRole: 'dns', zoneIds: [] }));
    }
    // A warning would keep troubles of hosts from ending.
    expect((await scanned('hourly-check')).warnings).toEqual([]);
  });

  it('are not found without the role, and no role that the stack does not have', async () => {
    await want('forgotten', { names: ['example.org'] });
    await want('unknown', { zoneRole: 'misspelt' });
    expect((await plan()).certificates).toMatchObject([
      { name: 'forgotten', action: 'reject', reason: 'no-hosted-zone' },
      { name: 'unknown', action: 'reject', reason: 'unknown-zone-role' },
    ]);
  });
});

describe('a certificate that is proved by standing records', () => {
  it('asks for no hosted zone, unless CAA is managed', async () => {
    zones = new FakeZones('example.com');
    const wish = { names: ['example.org'], challenge: 'dns-persist-01' };
    await want('managed', wish);
    await want('off', { ...wish, caa: { mode: 'off' } });
    const { certificates, batches } = await scan(deps(), parseStart({ start: 'hourly-check' }), NOW);
    expect(certificates).toMatchObject([
      { name: 'managed', action: 'reject', reason: 'no-hosted-zone' },
      { name: 'off', action: 'renew' },
    ]);
    expect(batches).toMatchObject([{ zoneIds: [] }]);
  });
});

describe('a standing record in the plan', () => {
  const wish = { challenge: 'dns-persist-01', caa: { mode: 'off' } };
  const names = ['example.com', '*.example.com', 'a.example.com'];
  const value = 'ca.test; accounturi=https://ca.test/account/1';
  const records = [
    { name: '_validation-persist.example.com', value: `${value}; policy=wildcard` },
    { name: '_validation-persist.a.example.com', value, complaint: 'nothing stands there' },
  ];
  let accountsAsked: string[];
  const known = () => ({
    ...deps(),
    describeAccount: async (ca: string) => {
      accountsAsked.push(ca);
      return { accountUri: 'https://ca.test/account/1' };
    },
  });
  const plan = async (given: Parameters<typeof scan>[0] = deps()) =>
    (await scan(given, parseStart({ start: 'plan' }), NOW)).certificates.map(({ standing }) => standing);

  beforeEach(async () => {
    accountsAsked = [];
    await want('shop', { ...wish, names });
    const values = [`"${value}; policy=wildcard"`];
    zones.overwrite('ZEXAMPLECOM', { name: records[0]?.name ?? '', type: 'TXT', ttl: 60, values });
  });

  it('is shown, and whether it stands; each account is asked for once', async () => {
    await want('shop2', { ...wish, names: ['example.org'] });
    await want('usual', { names: ['www.example.com'] });
    const other = { name: '_validation-persist.example.org', value, complaint: 'nothing stands there' };
    expect(await plan(known())).toEqual([{ records }, { records: [other] }, undefined]);
    expect(accountsAsked).toEqual(['https://ca.test/directory']);
  });

  it('names the account by a hash where the CA says so (draft 02)', async () => {
    const standingTerms = async () => ({ issuer: 'issuer.test', accountHashPrefix: 'https://ca.test/hash/' });
    const describeAccount = async () => ({
      accountUri: 'https://ca.test/account/1',
      thumbprint: 'T'.repeat(43),
    });
    const [found] = await plan({ ...known(), describeAccount, standingTerms });
    expect(found?.records).toMatchObject([
      {
        value: expect.stringMatching(
          /^issuer\.test; accounturi=https:\/\/ca\.test\/hash\/sha-256\/[\w-]{43}; policy/,
        ),
      },
      { complaint: 'nothing stands there' },
    ]);
    expect(await plan({ ...known(), standingTerms })).toEqual([
      {
        records: [],
        trouble: expect.stringContaining('or its key, which a standing record names, is not known yet'),
      },
    ]);
  });

  it('is looked at for nothing else', async () => {
    const { certificates } = await scan(known(), parseStart({ start: 'weekly-sweep' }), NOW);
    expect(certificates).toMatchObject([{ name: 'shop', action: 'renew' }]);
    expect(certificates[0]).not.toHaveProperty('standing');
    expect(accountsAsked).toEqual([]);
  });

  it('is not known before there is an account, and of no use where the CA refused it', async () => {
    const hint = /not known yet; run npx --no-install perennial-tls renew shop once: it makes the account/;
    expect(await plan()).toEqual([{ records: [], trouble: expect.stringMatching(hint) }]);
    const lastFailure = { at: NOW.toISOString(), reason: 'dns-persist-01-not-offered', message: 'no' };
    const state = { failures: 1, lastCa: 'https://ca.test/directory', lastFailure };
    await store.put('state/shop.json', JSON.stringify(state));
    expect(await plan(known())).toEqual([
      { records: [], trouble: expect.stringContaining('offered no dns-persist-01 at 2026-11-20') },
    ]);
  });

  it('that cannot be looked at leaves the rest of the plan', async () => {
    const resolver = new FakeResolver(zones);
    resolver.txt = async () => {
      throw new DnsError('could not look up TXT of it: ETIMEOUT');
    };
    const given = { ...known(), resolver };
    const { certificates } = await scan(given, parseStart({ start: 'plan' }), NOW);
    const trouble = 'could not look up TXT of it: ETIMEOUT';
    expect(certificates).toMatchObject([{ action: 'renew', standing: { records: [], trouble } }]);
  });
});

describe('a challenge name that leads elsewhere', () => {
  it('rejects the certificate with the line to add, and the others go on', async () => {
    const resolver = new FakeResolver(zones);
    resolver.cnames.set('_acme-challenge.example.org', 'proof.elsewhere.test');
    resolver.cnames.set('_acme-challenge.example.com', 'lb.elsewhere.test');
    zones.belowWildcard.add('_acme-challenge.example.com');
    await want('away', { names: ['example.org'] });
    await want('near');
    const plan = await scan({ ...deps(), resolver }, parseStart({ start: 'hourly-check' }), NOW);
    expect(plan.certificates).toMatchObject([
      {
        name: 'away',
        action: 'reject',
        reason: 'outside-challenge-targets',
        message: expect.stringContaining('add "proof.elsewhere.test" to challengeTargets'),
      },
      { name: 'near', action: 'renew' },
    ]);
  });
});

describe('CAA in a scan', () => {
  const caaIssuer = { identity: 'ca.test', accountUri: 'https://ca.test/account/1' };
  const plan = () => scan(deps(), parseStart({ start: 'plan' }), NOW);

  it('is shown in the plan: the exact change, and which names the set will govern', async () => {
    await want('new', { names: ['example.com', '*.example.com'] });
    const { certificates } = await plan();
    const add = ['0 issue "ca.test"', '0 issue "amazon.com"'];
    const edits = [{ at: 'example.com', add, remove: [], governs: ['example.com', '*.example.com'] }];
    expect(certificates).toMatchObject([{ name: 'new', caa: { edits, notPossible: [] } }]);
    expect(zones.batches).toEqual([]);
    expect(events.facts).toEqual([]);
  });

  it('that drifted is mended by the weekly sweep, and left alone by the hourly check', async () => {
    await want('drifted');
    await live('drifted', 60, { caaIssuer });
    expect((await weekly()).certificates).toMatchObject([{ action: 'mend', reason: 'caa-drifted' }]);
    const hourly = await scan(deps(), parseStart({ start: 'hourly-check' }), NOW);
    expect(hourly.certificates).toMatchObject([{ action: 'wait', reason: 'not-due' }]);
  });

  it('that lets the CA issue has nothing to mend, nor has a file that does not manage it', async () => {
    zones.overwrite('ZEXAMPLECOM', {
      name: 'example.com',
      type: 'CAA',
      ttl: 60,
      values: ['0 issue "ca.test"'],
    });
    await want('fine');
    await live('fine', 60, { caaIssuer });
    await want('hands-off', { names: ['example.org'], caa: { mode: 'off' } });
    await live('hands-off', 60, { caaIssuer, names: ['example.org'] });
    expect((await weekly()).certificates).toMatchObject([
      { name: 'fine', action: 'wait' },
      { name: 'hands-off', action: 'wait' },
    ]);
  });
});

describe('imports into ACM', () => {
  const acm = [{ region: 'us-east-1' }];
  const record = (name: string, more: object = {}) => {
    const entry = { region: 'us-east-1', arn: 'arn', version: VERSION, at: '', outcome: 'imported', ...more };
    return store.put(`acm/${name}.json`, JSON.stringify({ name, imports: [entry] }));
  };
  const hourly = () => scan(deps(), parseStart({ start: 'hourly-check' }), NOW);

  it('are due where ACM lacks the live version, and where a region was taken out', async () => {
    for (const name of ['lost', 'behind', 'broken', 'there']) await want(name, { acm });
    await want('taken-out');
    await want('never');
    await want('being-renewed', { acm, probe: true });
    for (const name of ['lost', 'behind', 'broken', 'there', 'taken-out', 'never']) await live(name, 60);
    await live('being-renewed', 3);
    await record('behind', { version: '20250101T000000Z-0a1b2c' });
    await record('there');
    await record('taken-out');
    await store.put('acm/broken.json', '{');
    const plan = await hourly();
    expect(plan.imports).toEqual(['behind', 'being-renewed', 'broken', 'lost', 'taken-out']);
    expect(events.of('Import Due')).toEqual([{ names: plan.imports }]);
  });

  it('are told a few to an event', async () => {
    for (let index = 0; index < 23; index += 1) {
      await want(`n${index}`, { acm });
      await live(`n${index}`, 60);
    }
    const { imports } = await hourly();
    const told = events.of('Import Due') as { names: string[] }[];
    expect(told.map(({ names }) => names.length)).toEqual([10, 10, 3]);
    expect(told.flatMap(({ names }) => names)).toEqual(imports);
  });

  it('read nothing of certificates without ACM', async () => {
    await want('example.com');
    await live('example.com', 60);
    const read: string[] = [];
    const get = store.get.bind(store);
    store.get = (key) => {
      read.push(key);
      return get(key);
    };
    await hourly();
    expect(read.filter((key) => key.startsWith('acm/'))).toEqual([]);
  });
});

describe('looks from outside', () => {
  it('are due at the weekly sweep, for certificates that want them', async () => {
    await want('seen', { probe: true });
    await want('unseen');
    await want('never', { probe: true, names: ['never.example.com'] });
    await want('being-renewed', { probe: true });
    for (const name of ['seen', 'unseen']) await live(name, 60);
    await live('being-renewed', 3);
    expect((await weekly()).probes).toEqual(['being-renewed', 'seen']);
    expect(events.of('Probe Due')).toEqual([{ names: ['being-renewed', 'seen'] }]);
    expect((await scan(deps(), parseStart({ start: 'hourly-check' }), NOW)).probes).toEqual([]);
  });
});

describe('hosts that are not to be touched now', () => {
  /** A Friday; on Monday at 03:30 UTC they are. */
  const window = ['Mon-Thu 03:30-06:00 UTC'];
  const until = '2026-11-23T03:30:00.000Z';
  const windowed = () => ({ ...deps(), stack: { ...stack, hostGroups: [{ ...hostGroup('web'), window }] } });
  const OLD = '20251201T000000Z-0a1b2c';
  const check = (now = NOW) => scan(windowed(), parseStart({ start: 'hourly-check' }), now);
  const serves = (version: string, more: object = {}) => {
    const run = { version, outcome: 'served', at: '2026-11-19T00:00:00Z', commandId: 'c1', ...more };
    const record = { instanceId: HOST, group: 'web', lineages: { shop: run } };
    return store.put(`hosts/${HOST}.json`, JSON.stringify(record));
  };

  beforeEach(async () => {
    await want('shop', { hosts: ['web'] });
    await live('shop', 60, { hosts: ['web'] });
    await archiveVersion(
      store,
      { ca, name: 'shop' },
      { version: OLD, notAfter: new Date(NOW.getTime() + 20 * DAY) },
    );
    hosts.groups.set('web', [{ instanceId: HOST, online: true }]);
    await serves(OLD);
  });

  it('are sent nothing, and the plan says until when', async () => {
    const { deployments, waiting } = await check();
    expect(deployments).toEqual([]);
    expect(waiting).toEqual([
      { group: 'web', names: ['shop'], hosts: [HOST], reason: 'outside-window', until },
    ]);
    expect(events.of('Deployment Due')).toEqual([]);
  });

  it('are sent it by the first check of the window', async () => {
    await check(new Date(until));
    expect(events.of('Deployment Due')).toMatchObject([{ group: 'web', names: ['shop'], hosts: [HOST] }]);
  });

  it('are sent it before, once the last sixth of what they have begins', async () => {
    await check(new Date(NOW.getTime() + 5 * DAY - 1));
    expect(events.of('Deployment Due')).toEqual([]);
    await check(new Date(NOW.getTime() + 5 * DAY));
    expect(events.of('Deployment Due')).toHaveLength(1);
  });

  it('are behind in no metric, and end no trouble of their group', async () => {
    await serves(OLD, { outcome: 'rolled-back', reason: 'nginx-test-failed' });
    await check();
    const [summary] = events.of('Certificates Checked') as CheckSummary[];
    expect(summary).toMatchObject({ hostsBehind: { count: 0, groups: ['web'] } });
    expect(summary?.unwell?.items).toMatchObject([{ name: 'shop', health: 'hosts-behind' }]);
  });

  it('cost no read where there is no window, or it is open', async () => {
    const read: string[] = [];
    const get = store.get.bind(store);
    store.get = (key) => {
      read.push(key);
      return get(key);
    };
    await scan(deps(), parseStart({ start: 'hourly-check' }), NOW);
    await check(new Date(until));
    expect(read.filter((key) => key.startsWith('archive/'))).toEqual([]);
    await check();
    expect(read.filter((key) => key.startsWith('archive/'))).toEqual([`archive/shop/${OLD}/fullchain.pem`]);
  });
});
