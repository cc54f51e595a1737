import { beforeEach, describe, expect, it } from 'vitest';
import type { FoundRecord } from '../../../lib/issuance/dns/rules/hosted-zones.ts';
import { ZoneError } from '../../../lib/issuance/dns/zones.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { makeWorld, type World } from '../issuance/renewal-world.ts';

const ZONE = 'ZEXAMPLECOM';
const THEIRS = '0 issue "ca.test; accounturi=https://ca.test/acct/theirs; validationmethods=dns-01"';
let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

const set = (name: string, ...values: string[]) =>
  world.zones.overwrite(ZONE, { name, type: 'CAA', ttl: 60, values });
const scanned = async (start: string, { stack = world.stack } = {}) => {
  const deps = { ...world, stack, hosts: new FakeHosts(), askRenewalInfo: async () => undefined };
  const { certificates } = await scan(deps, parseStart({ start }), world.clock());
  return certificates.find(({ name }) => name === 'shop');
};
const planned = async (more: { stack?: World['stack'] } = {}) => {
  const plan = await scanned('plan', more);
  return plan && 'caa' in plan ? plan.caa : undefined;
};
/** A wildcard that answers for every name below example.com; its CAA set, if any, for CAA too. */
const withWildcard = () => {
  const { records } = world.zones;
  world.zones.records = async function shown(zoneId) {
    const at = {
      name: '*.example.com',
      type: 'A',
      kind: 'simple',
      values: ['192.0.2.1'],
    } satisfies FoundRecord;
    return [...(await records.call(this, zoneId)), ...(zoneId === ZONE ? [at] : [])];
  };
  const { caa } = world.resolver;
  world.resolver.caa = async function synthesized(name) {
    const own = await caa.call(this, name);
    const isBelow = name.endsWith('.example.com') && own.length === 0;
    return isBelow ? caa.call(this, '*.example.com') : own;
  };
};

interface Case {
  zone: string;
  names?: string[];
  more?: object;
  given?: () => void;
}

const CASES: Case[] = [
  { zone: 'without CAA' },
  { zone: 'whose set names another CA', given: () => set('example.com', '0 issue "other.test"') },
  { zone: 'that binds our CA to another account', given: () => set('example.com', THEIRS) },
  { zone: 'that lets nobody issue', given: () => set('example.com', '0 issue ";"') },
  { zone: 'with an unknown critical property', given: () => set('example.com', '128 future "x"') },
  { zone: 'with an iodef only', given: () => set('example.com', '0 iodef "mailto:a@example.com"') },
  {
    zone: 'with a set for wildcards only',
    names: ['example.com', '*.example.com'],
    given: () => set('example.com', '0 issuewild "other.test"'),
  },
  {
    zone: 'whose set a resolver does not show yet',
    given: () => {
      set('example.com', THEIRS);
      world.resolver.caa = async () => [];
    },
  },
  { zone: 'with a wildcard without CAA', names: ['shop.example.com', 'example.com'], given: withWildcard },
  {
    zone: 'with a wildcard whose CAA keeps us out',
    names: ['shop.example.com'],
    given: () => {
      withWildcard();
      set('*.example.com', '0 issue "other.test"');
    },
  },
  {
    zone: 'with a wildcard whose CAA lets us in, and a set above it that does not',
    names: ['shop.example.com'],
    given: () => {
      withWildcard();
      set('*.example.com', '0 issue "ca.test"');
      set('example.com', '0 issue "other.test"');
    },
  },
  {
    zone: 'with a wildcard and a set above it, which both keep us out',
    names: ['shop.example.com'],
    given: () => {
      withWildcard();
      set('*.example.com', '0 issue "other.test"');
      set('example.com', '0 issue "other.test"');
    },
  },
  {
    zone: 'that takes others for its names, and nobody for wildcards',
    names: ['example.com', '*.example.com'],
    given: () => set('example.com', '0 issue "other.test"', '0 issuewild ";"'),
  },
  {
    zone: 'where the name is an alias',
    names: ['shop.example.com'],
    given: () => world.resolver.cnames.set('shop.example.com', 'lb.example.org'),
  },
  { zone: 'with values to be bound', more: { caa: { restrict: true } } },
  {
    zone: 'with an unbound value beside those to be bound',
    more: { caa: { restrict: true } },
    given: () => set('example.com', '0 issue "ca.test"'),
  },
];

describe('CAA in a plan is what the renewal does', () => {
  it.each(CASES)('in a zone $zone', async ({ names = ['example.com'], more = {}, given }) => {
    await world.want('shop', names, more);
    given?.();
    const before = new Map(world.zones.all('CAA').map(({ name, values }) => [name, values]));
    const plan = await planned();
    const [outcome] = await world.renew(world.due(['shop']));
    const after = world.zones.all('CAA').map(({ name, values }) => [name, values] as const);
    const added = after.flatMap(([name, values]) => {
      const add = values.filter((value) => !before.get(name)?.includes(value));
      return add.length > 0 ? [[name, add] as const] : [];
    });
    expect(plan?.edits.map(({ at, add }) => [at, add]) ?? []).toEqual(added);
    expect(plan?.refused === undefined).toBe(outcome?.outcome === 'renewed');
  });

  it('for an account that the renewal opens, which nobody knows yet', async () => {
    await world.want('shop', ['example.com']);
    set('example.com', THEIRS);
    world.describeAccount = async () => undefined as never;
    expect(await planned()).toMatchObject({
      edits: [{ add: ['0 issue "ca.test; accounturi=(our-account); validationmethods=dns-01"'] }],
    });
  });

  it('where the set that governs is not ours to change: it says which line to set', async () => {
    const stack = { ...world.stack, domains: ['shop.example.com'] };
    await world.want('shop', ['shop.example.com']);
    set('example.com', '0 issue "other.test"');
    const remedy = 'add 0 issue "ca.test" at example.com';
    expect(await planned({ stack })).toEqual({
      edits: [],
      notPossible: [],
      refused: [{ name: 'shop.example.com', identity: 'ca.test', remedy }],
    });
  });

  it('where a set of its own would hide a wildcard: it says so', async () => {
    withWildcard();
    await world.want('shop', ['shop.example.com']);
    expect(await planned()).toEqual({
      edits: [],
      notPossible: [],
      hiding: [{ name: 'shop.example.com', wildcard: '*.example.com' }],
    });
  });

  it('by a resolver alone where the zones cannot be seen from here', async () => {
    await world.want('shop', ['example.com']);
    set('example.com', THEIRS);
    world.zones.records = async () => {
      throw new ZoneError('zone-role-unseen', 'only renew may see them');
    };
    expect(await planned()).toMatchObject({ edits: [{ at: 'example.com', add: [expect.any(String)] }] });
  });
});

describe('a weekly sweep', () => {
  const sweep = () => scanned('weekly-sweep');
  beforeEach(async () => {
    await world.want('shop', ['example.com']);
    await world.renew(world.due(['shop']));
  });

  it('mends nothing for a resolver that does not show the set yet', async () => {
    world.resolver.caa = async () => [];
    expect(await sweep()).toMatchObject({ action: 'wait', reason: 'not-due' });
  });

  it('mends what is missing in the zone', async () => {
    set('example.com', '0 issue "other.test"');
    expect(await sweep()).toMatchObject({ action: 'mend', reason: 'caa-drifted' });
  });

  it.each([
    [
      'mends what is bound to an account that the CA has lost',
      true,
      { action: 'mend', reason: 'caa-drifted' },
    ],
    ['leaves what is bound to no account', false, { action: 'wait', reason: 'not-due' }],
  ])('%s', async (_, restrict, decision) => {
    await world.want('shop', ['example.com'], { caa: { restrict } });
    const { version } = world.live('shop');
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: version }));
    expect(await sweep()).toMatchObject({ action: 'wait', reason: 'not-due' });
    world.authority.accountUrl = 'https://ca.test/account/2';
    expect(await sweep()).toMatchObject(decision);
  });

  it('mends a set that others bound to an account that the CA has lost', async () => {
    set('example.com', `0 issue "ca.test; accounturi=${world.authority.accountUrl}"`);
    expect(await sweep()).toMatchObject({ action: 'wait', reason: 'not-due' });
    world.authority.accountUrl = 'https://ca.test/account/2';
    expect(await sweep()).toMatchObject({ action: 'mend', reason: 'caa-drifted' });
  });

  it('asks no zone where nothing seems to be missing', async () => {
    world.zones.records = async () => {
      throw new Error('asked');
    };
    expect(await sweep()).toMatchObject({ action: 'wait', reason: 'not-due' });
  });

  it('plans no repair for a certificate that was issued without CAA, which no repair would do', async () => {
    await world.store.put('live/shop.json', JSON.stringify({ ...world.live('shop'), caaIssuer: undefined }));
    set('example.com', '0 issue "other.test"');
    expect(await scanned('plan')).toMatchObject({ action: 'wait' });
    expect(await sweep()).toMatchObject({ action: 'wait' });
  });
});
