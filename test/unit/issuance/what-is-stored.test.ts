import { createPrivateKey, X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { writePin } from '../../../cli/commands/restore.ts';
import { accountKey, accountUrlKey, pendingKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { makeWorld, type World } from './renewal-world.ts';

const DAY = 86_400_000;
let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

const versions = () => world.store.keys().filter((key) => key.startsWith('archive/shop/'));
const copies = () => world.store.keys().filter((key) => key.startsWith('live/shop/'));
const groupsOf = (keys: string[]) => [...new Set(keys.map((key) => world.store.groups(key).join(' ')))];

describe('the key of a certificate', () => {
  it.each([
    ['ecdsa-p256', { namedCurve: 'prime256v1' }],
    ['ecdsa-p384', { namedCurve: 'secp384r1' }],
    ['rsa-2048', { modulusLength: 2048 }],
    ['rsa-3072', { modulusLength: 3072 }],
  ])(
    'is %s where the file asks for it, in the archive, the copies and the certificate',
    async (key, details) => {
      await world.want('shop', ['example.com'], { key });
      await world.renew(world.due(['shop']));
      const { version } = world.live('shop');
      const pem = world.store.text(`archive/shop/${version}/privkey.pem`);
      expect(createPrivateKey(pem).asymmetricKeyDetails).toMatchObject(details);
      expect(world.store.text('live/shop/privkey.pem')).toBe(pem);
      const certificate = new X509Certificate(world.store.text(`archive/shop/${version}/cert.pem`));
      expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject(details);
      expect(world.live('shop').key).toBe(key);
    },
  );

  it('is another one after the file asks for another type', async () => {
    await world.want('shop', ['example.com'], { key: 'ecdsa-p256' });
    await world.renew(world.due(['shop']));
    const { version } = world.live('shop');
    world.pass(DAY);
    await world.want('shop', ['example.com'], { key: 'ecdsa-p384' });
    await world.renew(world.due(['shop'], { reason: 'key-changed', replacing: version }));
    const pem = world.store.text(`archive/shop/${world.live('shop').version}/privkey.pem`);
    expect(createPrivateKey(pem).asymmetricKeyDetails).toMatchObject({ namedCurve: 'secp384r1' });
  });
});

describe('who may read a certificate', () => {
  it('are its host groups: every file of the version, every copy and the pointer say so', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web', 'api'] });
    await world.renew(world.due(['shop']));
    expect(versions()).toHaveLength(4);
    expect(copies()).toHaveLength(5);
    expect(groupsOf([...versions(), ...copies(), 'live/shop.json'])).toEqual(['web api']);
  });

  it('is nobody else of what is open: claims, states and locks', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    await world.renew(world.due(['shop']));
    const others = world.store.keys().filter((key) => !/^(archive|live)\//.test(key));
    expect(groupsOf(others)).toEqual(['']);
  });

  it('are the groups of today: a renewal for others lets them read every version, and those of before none', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    await world.renew(world.due(['shop']));
    const { version } = world.live('shop');
    world.pass(DAY);
    await world.want('shop', ['example.com'], { hosts: ['api'] });
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: version }));
    expect(versions()).toHaveLength(8);
    expect(groupsOf([...versions(), ...copies(), 'live/shop.json'])).toEqual(['api']);
  });

  it('are the groups of today after a repair, without a renewal', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    await world.renew(world.due(['shop']));
    const { version } = world.live('shop');
    await world.want('shop', ['example.com'], { hosts: ['api'] });
    await world.renew(world.due(['shop'], { reason: 'hosts-changed', replacing: version }));
    expect(world.live('shop').version).toBe(version);
    expect(groupsOf([...versions(), ...copies(), 'live/shop.json'])).toEqual(['api']);
  });
});

describe('who may read what is made anew', () => {
  beforeEach(async () => {
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    await world.renew(world.due(['shop']));
  });
  const everything = () => [...versions(), ...copies(), 'live/shop.json'];

  it('are the groups of today after a version of before was put back', async () => {
    const { version: first } = world.live('shop');
    world.pass(DAY);
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: first }));
    await writePin(world.store, { name: 'shop', version: first, stack: world.stack }, world.clock());
    world.pass(DAY);
    await world.renew(world.due(['shop'], { reason: 'pinned', replacing: world.live('shop').version }));
    expect(world.live('shop').version > first).toBe(true);
    expect(versions()).toHaveLength(12);
    expect(groupsOf(everything())).toEqual(['web']);
  });

  it.each(['{', ''])('are the groups of today after the pointer was spoilt or lost: %j', async (text) => {
    if (text === '') await world.store.remove('live/shop.json');
    else await world.store.put('live/shop.json', text);
    for (const key of versions()) await world.store.tag(key, ['gone']);
    await world.renew(world.due(['shop'], { reason: 'pointer-lost' }));
    expect(groupsOf(['live/shop.json', ...versions()])).toEqual(['web']);
  });

  it('are the groups of today for copies that were lost', async () => {
    for (const key of copies()) await world.store.remove(key);
    await world.renew(
      world.due(['shop'], { reason: 'copies-behind', replacing: world.live('shop').version }),
    );
    expect(copies()).toHaveLength(5);
    expect(groupsOf(everything())).toEqual(['web']);
  });
});

describe('secrets of the stack', () => {
  /** resources/bucket-policy.cjs lets only the roles that need them read what is below these. */
  const SECRET = ['accounts/', 'pending/', 'aside/'];
  const CA = 'https://ca.test/directory';

  it('are the account with its key and a claim with the key of its order', () => {
    for (const key of [accountKey(CA), pendingKey('shop')])
      expect(
        SECRET.some((prefix) => key.startsWith(prefix)),
        key,
      ).toBe(true);
    expect(SECRET.some((prefix) => accountUrlKey(CA).startsWith(prefix))).toBe(false);
  });

  it('stand nowhere else, at any moment of a renewal', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    const seen = new Set<string>();
    const look = () => {
      for (const key of world.store.keys())
        if (/PRIVATE KEY/.test(world.store.text(key))) seen.add(key.replace(/^(archive\/shop\/).*\//, '$1'));
    };
    world.store.beforeWrite = look;
    await world.renew(world.due(['shop']));
    look();
    expect([...seen].sort()).toEqual([
      'archive/shop/privkey.pem',
      'live/shop/bundle.pem',
      'live/shop/privkey.pem',
      'pending/shop.json',
    ]);
  });
});
