import { beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, type World } from './renewal-world.ts';

const ZONE = 'ZEXAMPLECOM';
let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

const set = (...values: string[]) => ({ name: 'example.com', type: 'CAA' as const, ttl: 60, values });
const shop = () => world.renew(world.due(['shop']));
const bound = () => `0 issue "ca.test; accounturi=${world.authority.accountUrl}; validationmethods=dns-01"`;
const THEIRS = '0 issue "ca.test; accounturi=https://ca.test/acct/theirs; validationmethods=dns-01"';

describe('CAA of another client of our CA', () => {
  it('stays, with a value bound to our account and method beside it', async () => {
    await world.want('shop', ['example.com']);
    world.zones.overwrite(ZONE, set(THEIRS));
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.values('example.com', 'CAA')).toEqual([THEIRS, bound()]);
  });

  it('is seen in the hosted zone where a resolver still shows none', async () => {
    await world.want('shop', ['example.com']);
    world.zones.overwrite(ZONE, set(THEIRS));
    world.resolver.caa = async () => [];
    await shop();
    expect(world.zones.values('example.com', 'CAA')).toEqual([THEIRS, bound()]);
  });

  it('is bound where the hosted zone writes its value with escapes', async () => {
    await world.want('shop', ['example.com']);
    const escaped = THEIRS.replace('ca.test; ', 'ca.test\\073\\040');
    world.zones.overwrite(ZONE, set(escaped, '0 issue "other.test"'));
    world.resolver.caa = async () => [];
    await shop();
    expect(world.zones.values('example.com', 'CAA')).toEqual([escaped, '0 issue "other.test"', bound()]);
  });

  it('that comes between the look and the change is left alone, and decided on by the next try', async () => {
    await world.want('shop', ['example.com']);
    world.zones.before = (call, zoneId) => {
      if (call === 'change') world.zones.overwrite(zoneId, set(THEIRS));
    };
    expect(await shop()).toMatchObject([
      { outcome: 'failed', reason: 'record-refused', message: expect.stringContaining('meanwhile') },
    ]);
    expect(world.zones.values('example.com', 'CAA')).toEqual([THEIRS]);
    world.zones.before = () => {};
    world.pass(120_000);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.values('example.com', 'CAA')).toEqual([THEIRS, bound()]);
  });

  it('stops the order with the line to set where it lets nobody issue', async () => {
    await world.want('shop', ['example.com']);
    world.zones.overwrite(ZONE, set('0 issue ";"'));
    const message = expect.stringContaining('set 0 issue "ca.test" at example.com');
    expect(await shop()).toMatchObject([{ reason: 'caa-forbids', message }]);
    expect(world.zones.values('example.com', 'CAA')).toEqual(['0 issue ";"']);
    expect(world.authority.requests).toEqual([]);
  });
});

describe('a name that only a wildcard answers for', () => {
  const withWildcard = () => {
    const { records } = world.zones;
    world.zones.records = async function shown(zoneId) {
      const wildcard = { name: '*.example.com', type: 'A', kind: 'simple', values: ['192.0.2.1'] } as const;
      return [...(await records.call(this, zoneId)), wildcard];
    };
  };

  it('gets no CAA, which would take its address away, and that is told', async () => {
    withWildcard();
    await world.want('shop', ['shop.example.com', 'example.com']);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.all('CAA').map(({ name }) => name)).toEqual(['example.com']);
    expect(world.warnings).toMatchObject([
      expect.stringContaining('caa-not-possible-at-wildcard: shop.example.com'),
    ]);
  });

  it("has the wildcard's own set added to, and none of its own that would outdo it", async () => {
    const wildcards = { ...set('0 issue "theirs.test"'), name: '*.example.com' };
    world.zones.overwrite(ZONE, wildcards);
    const { caa } = world.resolver;
    world.resolver.caa = function synthesized(name) {
      return caa.call(this, name === 'shop.example.com' ? '*.example.com' : name);
    };
    await world.want('shop', ['shop.example.com']);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.values('*.example.com', 'CAA')).toEqual([
      '0 issue "theirs.test"',
      '0 issue "ca.test"',
    ]);
    expect(world.zones.values('shop.example.com', 'CAA')).toEqual([]);
  });
});
