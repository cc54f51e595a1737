import { beforeEach, describe, expect, it } from 'vitest';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { makeWorld, type World } from './renewal-world.ts';

const NAMES = ['example.com'];
const OTHERS = { name: 'example.com', type: 'CAA' as const, ttl: 60 };
let world: World;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', NAMES);
  await world.renew(world.due(['shop']));
  world.zones.batches.length = 0;
});

const mend = (reason: string) =>
  world.renew(world.due(['shop'], { reason, replacing: world.live('shop').version }));

describe('a mend', () => {
  it('lets hosts that a file names later have the live version, and has them fetch it', async () => {
    const before = world.live('shop');
    await world.want('shop', NAMES, { hosts: ['web'] });
    expect(await mend('hosts-changed')).toEqual([
      { name: 'shop', outcome: 'mended', reason: 'hosts-changed' },
    ]);
    expect(world.live('shop')).toEqual({ ...before, hosts: ['web'] });
    for (const file of ['cert', 'chain', 'fullchain', 'privkey'])
      expect(world.store.groups(`archive/shop/${before.version}/${file}.pem`)).toEqual(['web']);
    expect(world.events.facts.at(-1)).toEqual({
      type: 'Deployment Due',
      detail: { group: 'web', reason: 'hosts-changed', names: ['shop'] },
    });
    expect(world.store.keys()).not.toContain('pending/shop.json');
  });

  it.each([{ left: ['web'] }, { left: [] }])(
    'takes the live version from a group that a file names no longer; left are $left',
    async ({ left }) => {
      const { version } = world.live('shop');
      await world.want('shop', NAMES, { hosts: ['web', 'api'] });
      await mend('hosts-changed');
      await world.want('shop', NAMES, { hosts: left });
      expect(await mend('hosts-changed')).toMatchObject([{ outcome: 'mended' }]);
      expect(world.live('shop')).toMatchObject({ version, hosts: left });
      const keys = world.store.keys().filter((key) => /^(archive|live)\/shop[/.]/.test(key));
      expect(keys).toHaveLength(10);
      for (const key of keys) expect(world.store.groups(key)).toEqual(left);
    },
  );

  it.each(['hosts-changed', 'forced'])(
    'takes older versions that are still there from a group that a file names no longer (%s)',
    async (reason) => {
      await world.want('shop', NAMES, { hosts: ['web', 'api'] });
      await mend('hosts-changed');
      const first = world.live('shop').version;
      await mend('forced');
      expect(world.live('shop').version).not.toBe(first);
      expect(world.store.groups(`archive/shop/${first}/privkey.pem`)).toEqual(['web', 'api']);
      await world.want('shop', NAMES, { hosts: ['web'] });
      await mend(reason);
      const archived = world.store.keys().filter((key) => key.startsWith('archive/shop/'));
      expect(archived.length).toBeGreaterThanOrEqual(8);
      for (const key of archived) expect(world.store.groups(key), key).toEqual(['web']);
    },
  );

  it('puts back CAA values that are gone, once, and leaves the others', async () => {
    const [{ name, values: ours }] = world.live('shop').caa;
    world.zones.overwrite('ZEXAMPLECOM', { name, type: 'CAA', ttl: 60, values: ['0 issue "theirs.test"'] });
    expect(await mend('caa-drifted')).toMatchObject([{ outcome: 'mended' }]);
    expect(world.zones.values('example.com', 'CAA')).toEqual(['0 issue "theirs.test"', '0 issue "ca.test"']);
    expect(world.live('shop').caa).toEqual([{ name, values: ours }]);
    expect(world.authority.requests).toHaveLength(1);
  });

  const bound = (account: string) =>
    `0 issue "ca.test; accounturi=https://ca.test/account/${account}; validationmethods=dns-01"`;

  it.each([
    ['to the account that has taken the place of a lost one', () => {}, '2'],
    [
      'to the account of before, where the CA does not answer',
      () => {
        world.authority.caaIssuer = async () => {
          throw new AcmeError('ca-unreachable', 'no answer');
        };
      },
      '1',
    ],
  ])('binds CAA %s', async (_, meanwhile, account) => {
    await world.want('shop', NAMES, { caa: { restrict: true } });
    await mend('forced');
    expect(world.zones.values('example.com', 'CAA')).toEqual([bound('1')]);
    if (account === '1')
      world.zones.overwrite('ZEXAMPLECOM', { ...OTHERS, values: ['0 issue "theirs.test"'] });
    world.authority.accountUrl = 'https://ca.test/account/2';
    meanwhile();
    expect(await mend('caa-drifted')).toMatchObject([{ outcome: 'mended' }]);
    expect(world.zones.values('example.com', 'CAA')).toContain(bound(account));
    expect(world.zones.values('example.com', 'CAA')).not.toContain(bound(account === '1' ? '2' : '1'));
    expect(world.live('shop').caaIssuer.accountUri).toBe(`https://ca.test/account/${account}`);
  });

  it('sweeps what a worker that died left in the DNS, and nothing else', async () => {
    const name = '_acme-challenge.example.com';
    const txt = (values: string[]) => ({ name, type: 'TXT' as const, ttl: 60, values });
    world.zones.overwrite('ZEXAMPLECOM', txt(['"theirs"', '"left"']));
    const record = { zoneId: 'ZEXAMPLECOM', name, type: 'TXT', values: ['"left"'], ttl: 60 };
    await world.store.put(
      'pending/shop.json',
      JSON.stringify({ owner: 'dead', leaseSeconds: 0, records: [record] }),
    );
    expect(await mend('left-open')).toEqual([{ name: 'shop', outcome: 'mended', reason: 'left-open' }]);
    expect(world.zones.values(name, 'TXT')).toEqual(['"theirs"']);
    expect(world.store.keys()).not.toContain('pending/shop.json');
  });

  it('is nothing where nothing is to mend any more', async () => {
    const before = world.live('shop');
    expect(await mend('hosts-changed')).toMatchObject([{ outcome: 'left', reason: 'no-longer-due' }]);
    expect(world.live('shop')).toEqual(before);
  });

  it('that cannot write the pointer fails, and leaves it as it was', async () => {
    await world.want('shop', NAMES, { hosts: ['web'] });
    world.store.beforeWrite = (key) => {
      if (key !== 'live/shop.json') return;
      world.store.beforeWrite = () => {};
      throw new Error('S3 is not there');
    };
    expect(await mend('hosts-changed')).toMatchObject([{ outcome: 'failed' }]);
    expect(world.live('shop').hosts).toEqual([]);
  });
});
