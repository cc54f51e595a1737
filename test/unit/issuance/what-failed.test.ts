import { beforeEach, describe, expect, it } from 'vitest';
import { recordResults } from '../../../lib/delivery/deployment/rules/host-record.ts';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import { limitsKey } from '../../../lib/foundation/certificate/object-keys.ts';
import type { CheckSummary } from '../../../lib/foundation/events/events.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { ZoneError } from '../../../lib/issuance/dns/zones.ts';
import { readStatus } from '../../../lib/reporting/status/read-status.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { makeWorld, type World } from './renewal-world.ts';

const [MINUTE, HOUR] = [60_000, 3_600_000];
const DAY = 24 * HOUR;
const PENDING = 'pending/shop.json';
const NAME = '_acme-challenge.example.com';
const RECORD = { zoneId: 'ZEXAMPLECOM', name: NAME, type: 'TXT', values: ['"left"'], ttl: 60 };
let world: World;
let hosts: FakeHosts;

beforeEach(async () => {
  world = await makeWorld();
  hosts = new FakeHosts();
  await world.want('shop', ['example.com']);
  await world.renew(world.due(['shop']));
});

const look = (start: Parameters<typeof parseStart>[0]) =>
  scan({ ...world, hosts, askRenewalInfo: async () => undefined }, parseStart(start), world.clock());
/** A check, and the work that follows from it. */
async function check(start: Parameters<typeof parseStart>[0] = { start: 'hourly-check' }) {
  const plan = await look(start);
  const outcomes = [];
  for (const batch of plan.batches) outcomes.push(...(await world.renew(batch)));
  return { plan, outcomes };
}
const state = () => JSON.parse(world.store.text('state/shop.json') || 'null');
const failing = () => (world.events.of('Certificates Checked') as CheckSummary[]).at(-1)?.failing.items;
async function health() {
  const { store, stack } = world;
  const status = await readStatus(
    { store, stack, hosts: new FakeHosts() },
    { now: world.clock(), readsAtOnce: 1 },
  );
  return status[0]?.health;
}
/** What a worker that died left, long ago. */
async function leave(claim: object = { records: [RECORD] }) {
  await world.store.put(PENDING, JSON.stringify({ owner: 'dead', leaseSeconds: 0, ...claim }));
  world.pass(HOUR);
}
function spoilZones(reason: ZoneError['reason'] = 'zone-unavailable', times = 1) {
  let left = times;
  world.zones.before = () => {
    if (left-- > 0) throw new ZoneError(reason, 'no');
  };
}
function refuseOrders() {
  world.authority.before = (call) => {
    if (call === 'createOrder') throw new AcmeError('ca-unavailable', '503');
  };
}

describe('what failed is forgotten', () => {
  it('when a repair comes through', async () => {
    await leave();
    spoilZones();
    await check();
    expect(state()).toMatchObject({ failures: 0, repairs: { 'left-open': { failures: 1 } } });
    expect(await health()).toBe('failing');
    world.pass(HOUR);
    expect((await check()).outcomes).toMatchObject([{ outcome: 'mended', reason: 'left-open' }]);
    expect(state()).toBeNull();
    expect(await health()).toBe('ok');
  });

  it('when a renewal that was forced is not wanted any more, with what the CA did', async () => {
    refuseOrders();
    await check({ start: 'force', names: ['shop'] });
    expect(state()).toMatchObject({ failures: 1, cas: {} });
    expect(await health()).toBe('failing');
    await check();
    expect(state()).toEqual({ failures: 0 });
    expect(failing()).toEqual([]);
    expect(await health()).toBe('ok');
  });

  it('at the next check, where a repair came through and the bucket did not take that it did', async () => {
    await leave();
    spoilZones();
    await check();
    world.pass(HOUR);
    await world.store.remove('renewal/shop.json');
    const remove = world.store.remove.bind(world.store);
    world.store.remove = async (key, options) => {
      if (key === 'state/shop.json') throw new Error('S3 is not there');
      return remove(key, options);
    };
    expect((await check()).outcomes).toMatchObject([{ outcome: 'mended', reason: 'left-open' }]);
    expect(state().repairs).toMatchObject({ 'left-open': { failures: 1 } });
    world.pass(HOUR);
    expect((await check()).outcomes).toEqual([]);
    expect(state()).toEqual({ failures: 0 });
  });

  it.each(['hourly-check', 'weekly-sweep'] as const)(
    'by a %s, where the renewal file is gone',
    async (start) => {
      const failed = { failures: 4, notBefore: new Date(world.clock().getTime() + DAY).toISOString() };
      const cases = { 'old-versions': failed, outlived: failed };
      await world.store.put('state/shop.json', JSON.stringify({ ...failed, repairs: cases }));
      await world.store.remove('renewal/shop.json');
      await check({ start });
      expect(state()).toEqual({ failures: 0 });
      const written: string[] = [];
      world.store.beforeWrite = (key) => written.push(key);
      await check({ start });
      expect(written).not.toContain('state/shop.json');
    },
  );

  it('not where a removal failed: the next check tries it again after its back-off, and counts it until then', async () => {
    await world.store.put('probes/gone.json', '{}');
    world.pass(130 * DAY);
    const failed = { failures: 2, notBefore: new Date(world.clock().getTime() + HOUR).toISOString() };
    await world.store.put('state/gone.json', JSON.stringify({ failures: 0, repairs: { outlived: failed } }));
    expect((await check()).outcomes).not.toContainEqual(expect.objectContaining({ name: 'gone' }));
    expect(failing()).toContain('gone');
    world.pass(2 * HOUR);
    expect((await check()).outcomes).toContainEqual({ name: 'gone', outcome: 'mended', reason: 'outlived' });
    expect(world.store.keys().filter((key) => key.includes('gone'))).toEqual([]);
  });

  it('in no line of the plan, where that is all', async () => {
    await world.store.put('state/gone.json', '{"failures":2}');
    const { plan } = await check();
    expect(plan.certificates.map(({ name }) => name)).toEqual(['shop']);
    expect(JSON.parse(world.store.text('state/gone.json'))).toEqual({ failures: 0 });
  });

  it('not where the file is gone while a renewal is under way', async () => {
    await world.store.put('state/shop.json', '{"failures":4}');
    await world.store.put(PENDING, JSON.stringify({ owner: 'other', leaseSeconds: 900, records: [] }));
    await world.store.remove('renewal/shop.json');
    await check();
    expect(state()).toEqual({ failures: 4 });
  });

  it('when a repair is not wanted any more', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    world.store.beforeWrite = (key) => {
      if (key === 'live/shop.json') throw new Error('S3 is not there');
    };
    await check();
    expect(state().repairs).toMatchObject({ 'hosts-changed': { failures: 1 } });
    await world.want('shop', ['example.com']);
    await check();
    expect(state()).toEqual({ failures: 0 });
  });

  it.each([
    '{"failures":7,"notBefore":"2027-01-01T00:00:00Z"}',
    '{"failures":0,"repairs":{"x":{"failures":2}}}',
  ])('in an object of another version: %s', async (text) => {
    await world.store.put('state/shop.json', text);
    await check();
    expect(state()).toEqual({ failures: 0 });
  });

  it('not by a plan', async () => {
    await world.store.put('state/shop.json', '{"failures":1}');
    await look({ start: 'plan' });
    expect(state()).toEqual({ failures: 1 });
  });

  it('at no cost to a check that finds nothing to forget, and what the CA suggests stays', async () => {
    const suggested = { certId: world.live('shop').certId, at: '2027-01-10T00:00:00Z' };
    await world.store.put('state/shop.json', JSON.stringify({ failures: 3, suggested }));
    await check();
    expect(state()).toEqual({ failures: 0, suggested });
    await check();
    const written: string[] = [];
    world.store.beforeWrite = (key) => written.push(key);
    await check();
    expect(written).toEqual([]);
  });

  it('not before, where only the sweep had seen it: each check looks until it is repaired', async () => {
    const { name } = world.live('shop').caa[0];
    world.zones.overwrite('ZEXAMPLECOM', { name, type: 'CAA', ttl: 60, values: ['0 issue "theirs.test"'] });
    expect((await check()).outcomes).toEqual([]);
    spoilZones();
    await check({ start: 'weekly-sweep' });
    expect(failing()).toEqual([]);
    world.pass(HOUR);
    expect((await check()).outcomes).toMatchObject([{ outcome: 'mended', reason: 'caa-drifted' }]);
    expect(failing()).toEqual(['shop']);
    await check();
    expect(failing()).toEqual([]);
  });
});

describe('a wait belongs to what failed', () => {
  /** The renewal has failed four times, and waits a day. */
  async function failRenewals() {
    world.pass(70 * DAY);
    const { before } = world.authority;
    refuseOrders();
    for (let times = 0; times < 4; times += 1) {
      await check();
      world.pass(2 * HOUR);
    }
    world.authority.before = before;
    expect(state()).toMatchObject({ failures: 4 });
  }
  const served = (version: string) => {
    const result = { name: 'shop', version, outcome: 'served' as const };
    const context = { instanceId: 'i-00000001', group: 'web', commandId: 'c', at: world.clock() };
    return world.store.put(
      'hosts/i-00000001.json',
      JSON.stringify(recordResults(undefined, [result], context)),
    );
  };

  it('a renewal that waits does not hold up new groups', async () => {
    await failRenewals();
    const { version } = world.live('shop');
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    expect((await check()).outcomes).toMatchObject([{ outcome: 'mended', reason: 'hosts-changed' }]);
    expect(world.live('shop')).toMatchObject({ version, hosts: ['web'] });
    expect(state()).toMatchObject({ failures: 4 });
    expect((await check()).plan.certificates).toMatchObject([{ reason: 'backing-off' }]);
  });

  it('nor does one that the CA limits', async () => {
    world.pass(70 * DAY);
    const limit = { scope: 'account', value: '', reason: 'acme-rate-limited', message: 'too many' };
    const until = new Date(world.clock().getTime() + 2 * DAY).toISOString();
    await world.store.put(
      limitsKey(world.authority.directoryUrl),
      JSON.stringify({ limits: [{ ...limit, until }] }),
    );
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    expect((await check()).outcomes).toMatchObject([{ outcome: 'mended', reason: 'hosts-changed' }]);
    expect((await check()).plan.certificates).toMatchObject([{ reason: 'ca-limited' }]);
  });

  it('such a repair leaves the renewal its order, its key and its records', async () => {
    world.pass(70 * DAY);
    world.authority.before = (call) => {
      if (call === 'finalize') throw new AcmeError('ca-unavailable', '503');
    };
    world.zones.before = (call) => {
      if (call === 'change' && world.zones.all('TXT').length > 0)
        throw new ZoneError('zone-unavailable', 'no');
    };
    for (let times = 0; times < 3; times += 1) {
      world.pass(2 * HOUR);
      await check();
    }
    world.pass(HOUR);
    const { order, records } = JSON.parse(world.store.text(PENDING));
    world.zones.before = () => {};
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    expect((await check()).outcomes).toMatchObject([{ outcome: 'mended', reason: 'hosts-changed' }]);
    expect(JSON.parse(world.store.text(PENDING))).toMatchObject({ order, records });
    expect(world.zones.all('TXT')).toHaveLength(1);
    world.authority.before = () => {};
    world.pass(DAY);
    expect((await check()).outcomes).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.requests).toHaveLength(2);
    expect(world.zones.all('TXT')).toEqual([]);
    expect(world.store.keys()).not.toContain(PENDING);
  });

  it('a repair that waits holds up neither a renewal nor another repair', async () => {
    await leave();
    spoilZones('zone-access-denied', 99);
    for (let times = 0; times < 4; times += 1) {
      await check();
      world.pass(2 * HOUR);
    }
    expect((await check()).plan.certificates).toMatchObject([{ action: 'wait', reason: 'backing-off' }]);
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    expect((await check()).outcomes).toMatchObject([{ outcome: 'mended', reason: 'hosts-changed' }]);
    expect(world.store.text(PENDING)).toContain('left');
    world.zones.before = () => {};
    await world.want('shop', ['example.com', 'a.example.com'], { hosts: ['web'] });
    expect((await check()).outcomes).toMatchObject([{ outcome: 'renewed', reason: 'names-changed' }]);
    await check();
    expect(failing()).toEqual([]);
  });

  it('a repair says nothing of the CA', async () => {
    const at = world.clock().toISOString();
    await leave();
    const cas = { [world.authority.directoryUrl]: { since: at, at, failures: 3 } };
    const forged = { failures: 3, cas, notBefore: new Date(world.clock().getTime() + HOUR).toISOString() };
    await world.store.put('state/shop.json', JSON.stringify(forged));
    spoilZones();
    await world.renew(world.due(['shop'], { reason: 'left-open', replacing: world.live('shop').version }));
    expect(state()).toMatchObject({ ...forged, repairs: { 'left-open': { failures: 1 } } });
  });

  it('a certificate that failed is shown to hosts that lack it; before its first try they wait', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    await check();
    await served('older');
    hosts.groups.set('web', [{ instanceId: 'i-00000001', online: true }]);
    world.pass(70 * DAY);
    refuseOrders();
    const first = await check();
    expect(first.plan).toMatchObject({ batches: [{}], deployments: [] });
    world.pass(2 * MINUTE);
    expect((await look({ start: 'hourly-check' })).deployments).toMatchObject([{ names: ['shop'] }]);
    await leave({ records: [], order: { url: 'https://ca.test/order/9', key: '', request: '' } });
    await world.store.remove('state/shop.json');
    expect((await look({ start: 'hourly-check' })).deployments).toMatchObject([{ names: ['shop'] }]);
  });

  it('is not shown to a group before its hosts may read it', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    hosts.groups.set('web', [{ instanceId: 'i-00000001', online: true }]);
    expect((await look({ start: 'hourly-check' })).deployments).toEqual([]);
    await check();
    expect((await look({ start: 'hourly-check' })).deployments).toMatchObject([{ group: 'web' }]);
  });
});

describe('in the far future', () => {
  it('no instant of a stored object is waited for', async () => {
    world.pass(70 * DAY);
    const far = '2038-01-19T03:14:07Z';
    const limit = { scope: 'account', value: '', reason: 'x', message: '', until: far };
    const failed = Array.from({ length: 9 }, () => ({ name: 'example.com', at: far }));
    const limits = { limits: [limit], failedAuthorizations: failed };
    await world.store.put(limitsKey(world.authority.directoryUrl), JSON.stringify(limits));
    const waiting = { failures: 1, notBefore: far, givenUp: [far, far, far, far] };
    await world.store.put('state/shop.json', JSON.stringify(waiting));
    expect((await check()).outcomes).toMatchObject([{ outcome: 'renewed' }]);
  });
});

describe('a renewal that failed often is tried again', () => {
  async function failsAgain(suggested: object) {
    const { certId, notBefore } = world.live('shop');
    const at = new Date(Date.parse(notBefore) + 10 * DAY).toISOString();
    await world.store.put(
      'state/shop.json',
      JSON.stringify({ failures: 3, suggested: { certId, at, ...suggested } }),
    );
    refuseOrders();
    world.pass(70 * DAY);
    await world.renew(
      world.due(['shop'], { reason: 'suggested-window', replacing: world.live('shop').version }),
    );
    return Date.parse(state().notBefore) - world.clock().getTime();
  }

  it('after 100 minutes where it could not be read how long the live one lasts, and a repair daily even so', async () => {
    await world.store.put('state/shop.json', '{"failures":9}');
    world.pass(70 * DAY);
    const get = world.store.get.bind(world.store);
    world.store.get = async (key) => {
      if (key === 'live/shop.json') throw new StoreError('store-unavailable', 'no answer');
      return get(key);
    };
    await world.renew(world.due(['shop']));
    expect(Date.parse(state().notBefore) - world.clock().getTime()).toBe(100 * MINUTE);
    const repairs = { 'caa-drifted': { failures: 9 } };
    await world.store.put('state/shop.json', JSON.stringify({ failures: 0, repairs }));
    await world.renew(world.due(['shop'], { reason: 'caa-drifted' }));
    const { notBefore } = state().repairs['caa-drifted'];
    expect(Date.parse(notBefore) - world.clock().getTime()).toBe(DAY);
  });

  it('daily', async () => {
    const { notBefore } = world.live('shop');
    const at = new Date(Date.parse(notBefore) + 60 * DAY).toISOString();
    expect(await failsAgain({ at })).toBe(DAY);
  });

  it.each([
    ['has moved its window', { moved: true }],
    ['says why it suggests to', { explanationUrl: 'https://ca.test/why' }],
    ['suggests to in the first half of its life', {}],
  ])('after 100 minutes where the CA %s', async (_, suggested) => {
    expect(await failsAgain(suggested)).toBe(100 * MINUTE);
  });
});
