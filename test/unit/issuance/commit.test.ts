import { createHash, X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { leafFacts } from '../../../lib/foundation/certificate/leaf.ts';
import { archive, caaAfter, versionAfter, writePointer } from '../../../lib/issuance/renewal/commit.ts';
import type { MemoryStore } from '../../fakes/memory-store.ts';
import { hostGroup } from '../../fakes/stack.ts';
import { makeWorld, type World } from './renewal-world.ts';

const DAY = 86_400_000;
const LEASE = 15 * 60_000;
let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

const shop = (more: object = {}) => world.renew(world.due(['shop'], more));
const again = () => shop({ reason: 'forced', replacing: world.live('shop').version });
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

describe('the pointer of a renewal', () => {
  it('says what its version is, who reads it, and what was asked for', async () => {
    await world.want('shop', ['example.com', '*.example.com'], {
      key: 'rsa-2048',
      hosts: ['web', 'api'],
      serverNames: ['www.example.com'],
      profile: 'tlsserver',
      ca: [world.authority.directoryUrl, world.fallback.directoryUrl],
    });
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    const pointer = world.live('shop');
    const file = (part: string) => world.store.text(`archive/shop/${pointer.version}/${part}.pem`);
    const facts = leafFacts(new X509Certificate(file('cert')));
    expect(pointer).toEqual({
      version: expect.stringMatching(/^20261120T020000Z-[0-9a-f]{6}$/),
      names: ['example.com', '*.example.com'],
      serial: facts.serial,
      notBefore: facts.notBefore.toISOString(),
      notAfter: facts.notAfter.toISOString(),
      certId: expect.any(String),
      issuedAt: '2026-11-20T02:00:00.000Z',
      fingerprint: facts.fingerprint,
      keyFingerprint: facts.keyFingerprint,
      key: 'rsa-2048',
      hosts: ['web', 'api'],
      serverNames: ['www.example.com'],
      sha256: { fullchain: sha256(file('fullchain')), privkey: sha256(file('privkey')) },
      ca: world.authority.directoryUrl,
      caa: [{ name: 'example.com', values: ['0 issue "ca.test"', '0 issue "fallback.test"'] }],
      caaIssuer: { identity: 'ca.test', accountUri: world.authority.accountUrl },
      caaFallbacks: [expect.objectContaining({ identity: 'fallback.test' })],
      profile: 'tlsserver',
    });
    // RFC 9773, 4.1: the serial number as in DER, where a zero may stand before it.
    const [, serial = ''] = pointer.certId.split('.');
    const hex = Buffer.from(serial, 'base64url').toString('hex');
    expect([facts.serial, `00${facts.serial}`]).toContain(hex);
    expect(world.store.groups('live/shop.json')).toEqual(['web', 'api']);
  });

  it('has nothing of profiles, other CAs and CAA where there is none', async () => {
    await world.want('shop', ['example.com'], { caa: { mode: 'off' } });
    await shop();
    for (const member of ['profile', 'caaFallbacks', 'caa'])
      expect(world.live('shop')).not.toHaveProperty(member);
  });

  it('keeps the CAA values of ours that the renewal before it recorded', async () => {
    await world.want('shop', ['example.com']);
    await shop();
    const { caa } = world.live('shop');
    world.pass(DAY);
    await again();
    expect(world.live('shop').caa).toEqual(caa);
    expect(caa).toHaveLength(1);
  });

  it('of the same groups in another order changes the tags of no older version', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web', 'api'] });
    await shop();
    world.pass(DAY);
    await world.want('shop', ['example.com'], { hosts: ['api', 'web'] });
    const tagged: string[] = [];
    const { tag } = world.store;
    world.store.tag = async function noted(key, groups) {
      tagged.push(key);
      await tag.call(this, key, groups);
    };
    await again();
    expect(world.live('shop').hosts).toEqual(['api', 'web']);
    expect(tagged).toEqual([]);
  });

  it.each([
    ['one more', ['web'], ['web', 'api']],
    ['one less', ['web'], []],
    ['another', ['web'], ['api']],
    ['one of two', ['web', 'api'], ['web', 'db']],
  ])('of other groups, %s, changes them before it shows that', async (_, before, hosts) => {
    Object.assign(world.stack, { hostGroups: ['web', 'api', 'db'].map(hostGroup) });
    await world.want('shop', ['example.com'], { hosts: before });
    await shop();
    const { version } = world.live('shop');
    world.pass(DAY);
    await world.want('shop', ['example.com'], { hosts });
    const groups: (readonly string[])[] = [];
    world.store.beforeWrite = (key) => {
      if (key === 'live/shop.json') groups.push(world.store.groups(`archive/shop/${version}/privkey.pem`));
    };
    await again();
    expect(groups).toEqual([hosts]);
  });
});

describe('a version that a worker archived before it died', () => {
  /** The bucket before the pointer is written. */
  async function diedBeforePointer(more: object = {}): Promise<MemoryStore> {
    let left: MemoryStore | undefined;
    world.store.beforeWrite = (key) => {
      if (key === 'live/shop.json') left ??= world.store.snapshot(world.clock);
    };
    await shop(more);
    world.pass(LEASE);
    if (!left) throw new Error('the pointer was not written');
    return left;
  }
  const versionsIn = (store: MemoryStore) => [
    ...new Set(store.keys().flatMap((key) => /^archive\/shop\/([^/]+)\//.exec(key)?.[1] ?? [])),
  ];

  it('is what the pointer moves to, and no other is made: of a first certificate', async () => {
    await world.want('shop', ['example.com']);
    const left = await diedBeforePointer();
    const [version] = versionsIn(left);
    expect(await world.renew(world.due(['shop']), { store: left })).toMatchObject([{ outcome: 'mended' }]);
    expect(world.live('shop', left).version).toBe(version);
    expect(versionsIn(left)).toEqual([version]);
  });

  it('is read by the groups of today, as every older one, though it was archived for others', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web'] });
    await shop();
    const { version: replacing } = world.live('shop');
    world.pass(DAY);
    await world.want('shop', ['example.com'], { hosts: ['api'] });
    const due = { reason: 'forced', replacing } as const;
    const left = await diedBeforePointer(due);
    await left.put('renewal/shop.json', JSON.stringify({ names: ['example.com'], hosts: ['web'] }));
    expect(await world.renew(world.due(['shop'], due), { store: left })).toMatchObject([
      { outcome: 'renewed' },
    ]);
    const versions = left.keys().filter((key) => key.startsWith('archive/shop/'));
    expect(versions).toHaveLength(8);
    for (const key of versions) expect([key, ...left.groups(key)]).toEqual([key, 'web']);
  });

  it('is found behind what others left there', async () => {
    await world.want('shop', ['example.com']);
    await shop();
    const { version: replacing } = world.live('shop');
    world.pass(DAY);
    const due = { reason: 'forced', replacing } as const;
    const left = await diedBeforePointer(due);
    const [, version] = versionsIn(left);
    for (const [name, file] of [
      ['20261201T000000Z-0a1b2c', 'cert.pem'],
      ['20261201T000001Z-0a1b2c', 'fullchain.pem'],
    ])
      await left.put(`archive/shop/${name}/${file}`, 'of another');
    expect(await world.renew(world.due(['shop'], due), { store: left })).toMatchObject([{ version }]);
    expect(world.live('shop', left).version).toBe(version);
  });
});

it('a reused key that is compromised while its certificate is on its way comes to no pointer, and the next is another', async () => {
  await world.want('shop', ['example.com'], { reuseKey: true });
  await shop();
  const { version, serial, keyFingerprint } = world.live('shop');
  world.pass(DAY);
  const of = { version: '20261101T000000Z-0a1b2c', serial, keyFingerprint };
  const revocation = { ...of, reason: 'keyCompromise', askedAt: world.clock().toISOString() };
  world.authority.before = async (call) => {
    if (call === 'certificate')
      await world.store.put('revoked/shop.json', JSON.stringify({ versions: [revocation] }));
  };
  expect(await again()).toMatchObject([
    {
      ...{ outcome: 'left', reason: 'key-compromised' },
      message:
        'the key of the order for shop was revoked as compromised meanwhile; the next renewal makes another',
    },
  ]);
  expect(world.live('shop').version).toBe(version);
  expect(JSON.parse(world.store.text('pending/shop.json') || '{}')).not.toHaveProperty('order');
  world.pass(DAY);
  expect(await again()).toMatchObject([{ outcome: 'renewed' }]);
  expect(world.live('shop').keyFingerprint).not.toBe(keyFingerprint);
});

describe('a version that is archived', () => {
  const files = { cert: 'c', chain: 'h', fullchain: 'ch', privkey: 'k' };
  const version = '20261120T020000Z-0a1b2c';
  const wanted = () => ({ name: 'shop', hosts: ['web'] }) as Parameters<typeof archive>[1];

  it('may be archived again with the same files, and not over others', async () => {
    await archive(world.store, wanted(), { version, files });
    await archive(world.store, wanted(), { version, files });
    const other = archive(world.store, wanted(), { version, files: { ...files, privkey: 'other' } });
    await expect(other).rejects.toMatchObject({
      reason: 'store-unavailable',
      message: `archive/shop/${version}/privkey.pem exists already with another content`,
    });
    expect(world.store.text(`archive/shop/${version}/privkey.pem`)).toBe('k');
    expect(world.store.groups(`archive/shop/${version}/privkey.pem`)).toEqual(['web']);
  });

  it('has a name of its own, after the one of before whatever the clock says', () => {
    const first = versionAfter(world, undefined);
    expect(first).toMatch(/^20261120T020000Z-[0-9a-f]{6}$/);
    expect(versionAfter(world, '20270101T000000Z-ffffff') > '20270101T000000Z-ffffff').toBe(true);
    expect(versionAfter(world, undefined)).not.toBe(first);
  });
});

it('a pointer that another worker moved is not written, and that is said', async () => {
  await world.want('shop', ['example.com']);
  await shop();
  const pointer = world.live('shop');
  for (const etag of [undefined, '"old"'])
    await expect(
      writePointer(world.store, 'shop', { pointer: { ...pointer, hosts: ['web'] }, etag }),
    ).rejects.toMatchObject({
      name: 'PointerMovedError',
      reason: 'claimed-elsewhere',
      message: 'shop is being renewed by another worker',
    });
  expect(world.live('shop')).toEqual(pointer);
});

describe('CAA values of ours', () => {
  const edit = (add: string[], remove: string[]) => ({
    zoneId: 'Z1',
    zoneName: 'example.com',
    edit: { name: 'example.com', type: 'CAA' as const, add, remove, ttl: 300 },
  });

  it.each([
    ['none', undefined, [], {}],
    ['what was added', undefined, [edit(['a'], [])], { caa: [{ name: 'example.com', values: ['a'] }] }],
    ['nothing where all was removed', ['a'], [edit([], ['a'])], {}],
    ['both', ['a'], [edit(['b'], [])], { caa: [{ name: 'example.com', values: ['a', 'b'] }] }],
  ])('are %s', (_, values, edits, expected) => {
    const live = values && ({ caa: [{ name: 'example.com', values }] } as Parameters<typeof caaAfter>[0]);
    expect(caaAfter(live, edits)).toEqual(expected);
  });
});
