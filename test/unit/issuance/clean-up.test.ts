import { beforeEach, describe, expect, it } from 'vitest';
import type { CheckSummary } from '../../../lib/foundation/events/events.ts';
import { ZoneError } from '../../../lib/issuance/dns/zones.ts';
import { takeIn } from '../../../lib/reporting/notices/rules/take-in.ts';
import { EMPTY } from '../../../lib/reporting/notices/rules/trouble.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { makeWorld, type World } from './renewal-world.ts';

const HOUR = 3_600_000;
let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

const record = (more: object = {}) => ({
  zoneId: 'ZEXAMPLECOM',
  name: '_acme-challenge.example.com',
  type: 'TXT' as const,
  values: ['"left"'],
  ttl: 60,
  ...more,
});
const stands = (zoneId: string, name: string, values = ['"left"']) =>
  world.zones.overwrite(zoneId, { name, type: 'TXT', ttl: 60, values });
/** What a worker that died left, long ago. */
async function leave(name: string, ...records: object[]) {
  await world.store.put(`pending/${name}.json`, JSON.stringify({ owner: 'dead', leaseSeconds: 0, records }));
  world.pass(HOUR);
}
const pending = (name: string) => JSON.parse(world.store.text(`pending/${name}.json`) || 'null');
const asides = () => world.events.of('Object Set Aside');
async function check() {
  const plan = await scan(
    { ...world, hosts: new FakeHosts(), askRenewalInfo: async () => undefined },
    parseStart({ start: 'hourly-check' }),
    world.clock(),
  );
  const outcomes = [];
  for (const batch of plan.batches) outcomes.push(...(await world.renew(batch)));
  return { plan, outcomes };
}
/** Checks for some days, with how often something was done. */
async function checks(days: number) {
  let outcomes = 0;
  for (let hour = 0; hour < 24 * days; hour += 1) {
    outcomes += (await check()).outcomes.length;
    world.pass(HOUR);
  }
  return outcomes;
}
async function issue(name: string, names: string[], more: object = {}) {
  await world.want(name, names, more);
  await world.renew(world.due([name]));
}

describe('what was left in the DNS', () => {
  it('is gone with its zone', async () => {
    await issue('shop', ['example.com']);
    await leave('shop', record({ zoneId: 'ZGONE' }));
    expect((await check()).outcomes).toMatchObject([{ outcome: 'mended', reason: 'left-open' }]);
    expect(await checks(2)).toBe(0);
    expect(asides()).toEqual([]);
    expect(world.store.keys().filter((key) => key.startsWith('pending/'))).toEqual([]);
  });

  it.each([
    ['through a role that is taken away', { zoneRole: 'taken-away' }],
    ['in a domain that is taken away', { name: '_acme-challenge.example.net' }],
    ['at a name that no proof of ours has', { name: 'example.com' }],
  ])('%s is reported once, with what a person may remove, and forgotten', async (_, more) => {
    await issue('shop', ['example.com']);
    await leave('shop', record({ zoneId: 'ZOTHER', ...more }), record());
    stands('ZEXAMPLECOM', '_acme-challenge.example.com');
    world.zones.before = (_, zoneId) => expect(zoneId).toBe('ZEXAMPLECOM');
    expect((await check()).outcomes).toMatchObject([{ outcome: 'mended' }]);
    expect(await checks(2)).toBe(0);
    expect(world.zones.all('TXT')).toEqual([]);
    const { name } = { name: '_acme-challenge.example.com', ...more };
    const told = { key: 'pending/shop.json', reason: 'records-out-of-reach' };
    expect(asides()).toMatchObject([
      { ...told, message: expect.stringContaining(`${name} TXT "left" (ZOTHER)`) },
    ]);
    expect(JSON.parse(world.store.text(asides()[0]?.aside ?? '')).records).toMatchObject([
      { zoneId: 'ZOTHER', name },
    ]);
    const events = world.events.facts.flatMap((fact) =>
      fact.type === 'Object Set Aside'
        ? [{ time: world.clock().toISOString(), 'detail-type': fact.type, detail: fact.detail }]
        : [],
    );
    const { troubles } = takeIn(EMPTY, events, world.clock());
    expect(Object.values(troubles)).toMatchObject([{ message: expect.stringContaining(name) }]);
  });

  it('at a challenge target of the settings is removed', async () => {
    await issue('shop', ['example.com']);
    stands('ZEXAMPLEORG', 'proof.example.org');
    await leave('shop', record({ zoneId: 'ZEXAMPLEORG', name: 'proof.example.org' }));
    await check();
    expect(world.zones.all('TXT')).toEqual([]);
    expect(asides()).toEqual([]);
  });

  it('stays recorded until it could be told that it is out of reach', async () => {
    await issue('shop', ['example.com']);
    await leave('shop', record({ zoneRole: 'taken-away' }));
    world.store.beforeWrite = (key) => {
      if (key.startsWith('aside/')) throw new Error('S3 is not there');
    };
    expect((await check()).outcomes).toMatchObject([{ outcome: 'failed' }]);
    expect(pending('shop').records).toHaveLength(1);
  });

  it('ends record by record: one zone that cannot be changed keeps its own', async () => {
    await issue('shop', ['example.com', 'example.org']);
    const org = record({ zoneId: 'ZEXAMPLEORG', name: '_acme-challenge.example.org' });
    await leave('shop', record(), org, record({ zoneId: 'ZGONE' }));
    for (const zoneId of ['ZEXAMPLECOM', 'ZEXAMPLEORG'])
      stands(zoneId, zoneId === 'ZEXAMPLECOM' ? record().name : '_acme-challenge.example.org');
    world.zones.before = (_, zoneId) => {
      if (zoneId === 'ZEXAMPLEORG') throw new ZoneError('zone-unavailable', 'no');
    };
    expect((await check()).outcomes).toMatchObject([{ outcome: 'failed', reason: 'zone-unavailable' }]);
    expect(pending('shop').records).toEqual([org]);
  });

  it('ends certificate by certificate in a batch', async () => {
    await world.want('com', ['example.com']);
    await world.want('org', ['example.org']);
    world.authority.before = (call) => {
      if (call !== 'answerChallenge') return;
      world.zones.before = (_, zoneId) => {
        if (zoneId === 'ZEXAMPLEORG') throw new ZoneError('zone-unavailable', 'no');
      };
    };
    expect(await world.renew(world.due(['com', 'org']))).toMatchObject([
      { outcome: 'renewed' },
      { outcome: 'renewed' },
    ]);
    expect(pending('com')).toBeNull();
    expect(pending('org').records).toMatchObject([{ zoneId: 'ZEXAMPLEORG' }]);
  });

  it.each([
    ['record-not-simple', 'read'],
    ['zone-access-denied', 'change'],
  ] as const)('is removed beside what cannot be, as %s', async (reason, failing) => {
    await issue('shop', ['example.com']);
    const bad = record({ name: '_acme-challenge.bad.example.com' });
    stands('ZEXAMPLECOM', record().name);
    stands('ZEXAMPLECOM', bad.name, ['"left"', '"theirs"']);
    const { change, read } = world.zones;
    if (failing === 'read')
      world.zones.read = async (zoneId, at) => {
        if (at.name === bad.name) throw new ZoneError(reason, 'no');
        return read.call(world.zones, zoneId, at);
      };
    else
      world.zones.change = async (zoneId, changes) => {
        if (changes.some(({ set }) => set.name === bad.name)) throw new ZoneError(reason, 'no');
        return change.call(world.zones, zoneId, changes);
      };
    await leave('shop', bad, record());
    expect((await check()).outcomes).toMatchObject([{ outcome: 'failed', reason }]);
    expect(pending('shop').records).toEqual([bad]);
    expect(world.zones.all('TXT').map(({ name }) => name)).toEqual([bad.name]);
  });

  it('holds up nothing else: hosts and copies are repaired', async () => {
    await issue('shop', ['example.com']);
    await leave('shop', record());
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    await world.store.remove('live/shop/cert.pem');
    world.zones.before = () => {
      throw new ZoneError('zone-access-denied', 'no');
    };
    const due = world.due(['shop'], { reason: 'left-open', replacing: world.live('shop').version });
    expect(await world.renew(due)).toMatchObject([{ outcome: 'failed', reason: 'zone-access-denied' }]);
    expect(world.live('shop').hosts).toEqual(['web']);
    expect(world.store.keys()).toContain('live/shop/cert.pem');
  });
});

describe('of a certificate without a renewal file', () => {
  it('what is left is removed with a back-off, and told as failing until it is', async () => {
    await issue('old', ['example.com']);
    await world.store.remove('renewal/old.json');
    await leave('old', record());
    world.zones.before = () => {
      throw new ZoneError('zone-access-denied', 'no');
    };
    expect(await checks(4)).toBeLessThanOrEqual(7);
    const { failing } = world.events.of('Certificates Checked').at(-1) as CheckSummary;
    expect(failing.items).toEqual(['old']);
    expect((await check()).plan.certificates).toMatchObject([{ action: 'wait', reason: 'backing-off' }]);
    world.zones.before = () => {};
    await checks(1);
    expect(pending('old')).toBeNull();
    expect(world.store.keys()).not.toContain('state/old.json');
    expect(world.events.of('Certificates Checked').at(-1)).toMatchObject({ failing: { count: 0 } });
  });
});
