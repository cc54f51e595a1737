import { beforeEach, describe, expect, it } from 'vitest';
import { ZoneError } from '../../../lib/issuance/dns/zones.ts';
import { renewBatch } from '../../../lib/issuance/renewal/renew-batch.ts';
import { makeWorld, type World } from './renewal-world.ts';

const CHALLENGE = '_acme-challenge.example.com';
let world: World;

beforeEach(async () => {
  world = await makeWorld({ published: 'dns' });
});

const due = (...names: string[]) => ({ ...world.due(names), zoneRole: 'dns' });
const want = (more: object = { zoneRole: 'dns' }) => world.want('shop', ['example.com'], more);

/** What a worker that died had recorded, and written. */
async function leave(record: object): Promise<void> {
  const set = { name: CHALLENGE, type: 'TXT' as const, ttl: 60, values: ['"left"'] };
  for (const zones of [world.zones, world.otherZones]) zones.overwrite('ZEXAMPLECOM', set);
  const records = [{ zoneId: 'ZEXAMPLECOM', ...set, ...record }];
  await world.store.put('pending/shop.json', JSON.stringify({ owner: 'dead', leaseSeconds: 0, records }));
}

describe('a batch with a zone role', () => {
  it('is written, seen and cleaned up in the zones of that role, and nowhere else', async () => {
    world.zones.before = (call) => expect.fail(`${call} in the own account`);
    await want();
    expect(await world.renew(due('shop'))).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.batches).toEqual([]);
    expect(world.otherZones.values('example.com', 'CAA')).toEqual(['0 issue "ca.test"']);
    expect(world.otherZones.all('TXT')).toEqual([]);
  });

  it('records the role with what it is about to write', async () => {
    await want();
    let recorded = '';
    world.otherZones.before = () => {
      recorded = world.store.text('pending/shop.json') ?? '';
    };
    await world.renew(due('shop'));
    expect(JSON.parse(recorded).records).toMatchObject([
      { type: 'TXT', zoneRole: 'dns' },
      { type: 'CAA', zoneRole: 'dns' },
    ]);
  });

  it('that cannot be assumed asks the CA for nothing', async () => {
    await want();
    world.otherZones.list = async () => {
      throw new ZoneError('zone-role-denied', 'could not assume zone role dns');
    };
    let asked = false;
    world.openAuthority = async () => {
      asked = true;
      return world.authority;
    };
    const run = { owner: 'run', signal: new AbortController().signal };
    const outcomes = await renewBatch(world, due('shop'), run);
    expect(outcomes).toMatchObject([{ outcome: 'failed', reason: 'zone-role-denied' }]);
    expect(asked).toBe(false);
    expect(world.store.keys()).not.toContain('pending/shop.json');
  });

  it.each([
    ['another', { zoneRole: 'spare' }],
    ['none', {}],
  ])('leaves a certificate whose file names %s by now', async (_, file) => {
    await want(file);
    expect(await world.renew(due('shop'))).toMatchObject([{ outcome: 'left', reason: 'no-longer-due' }]);
    expect([...world.zones.batches, ...world.otherZones.batches]).toEqual([]);
  });
});

describe('what a worker that died left in the DNS', () => {
  it('is swept with the role that it was written with, whatever the file says by now', async () => {
    world = await makeWorld();
    await want({});
    await leave({ zoneRole: 'dns' });
    await world.renew(world.due(['shop']));
    expect(world.otherZones.values(CHALLENGE, 'TXT')).toEqual([]);
    expect(world.zones.values(CHALLENGE, 'TXT')).toContain('"left"');
  });

  it('in the own account is swept there, although the file names a role by now', async () => {
    await want();
    await leave({});
    await world.renew(due('shop'));
    expect(world.zones.values(CHALLENGE, 'TXT')).toEqual([]);
    expect(world.otherZones.values(CHALLENGE, 'TXT')).toEqual(['"left"']);
  });
});
