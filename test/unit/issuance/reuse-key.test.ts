import { beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import { makeWorld, type World } from './renewal-world.ts';

let world: World;
let key: string;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com'], { reuseKey: true });
  await world.renew(world.due(['shop']));
  key = world.live('shop').keyFingerprint;
});

const again = async (reason = 'forced') => {
  const replacing = world.live('shop').version;
  const [outcome] = await world.renew(world.due(['shop'], { reason, replacing }));
  expect(outcome).toMatchObject({ outcome: 'renewed' });
  expect(world.live('shop').version).not.toBe(replacing);
};
const isKept = () => world.live('shop').keyFingerprint === key;
const revoked = (reason: string) => {
  const { version, serial } = world.live('shop');
  const revocation = { version, serial, keyFingerprint: key, reason, askedAt: '2026-11-20T02:00:00Z' };
  return world.store.put('revoked/shop.json', JSON.stringify({ versions: [revocation] }));
};

describe('with reuseKey a renewal keeps the key', () => {
  it('every time', async () => {
    await again();
    await again();
    expect(isKept()).toBe(true);
    expect(world.authority.issued).toHaveLength(3);
    expect(world.warnings).toEqual([]);
  });

  it('and one that was carried out is not taken for open because its key is live', async () => {
    const remove = world.store.remove.bind(world.store);
    world.store.remove = async (name, options) => {
      if (name.startsWith('pending/')) throw new StoreError('store-unavailable', 'the worker died');
      return remove(name, options);
    };
    await again();
    world.store.remove = remove;
    world.pass(16 * 60_000);
    await again();
    expect(world.authority.issued).toHaveLength(3);
    expect(isKept()).toBe(true);
  });

  it('and goes on with an order that a worker left open', async () => {
    world.authority.before = (call) => {
      if (call === 'finalize') throw new StoreError('store-unavailable', 'the worker died');
    };
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version }));
    world.authority.before = () => {};
    world.pass(16 * 60_000);
    await again();
    expect(world.authority.requests).toHaveLength(2);
    expect(isKept()).toBe(true);
  });

  it('after a revocation that says nothing of the key', async () => {
    await revoked('superseded');
    await again('revoked');
    expect(isKept()).toBe(true);
  });
});

describe('with reuseKey a renewal makes a new key', () => {
  it('after keyCompromise', async () => {
    await revoked('keyCompromise');
    await again('revoked');
    expect(isKept()).toBe(false);
    expect(world.warnings).toEqual([expect.stringMatching(/^key-not-reused: shop .* is compromised$/)]);
  });

  it('for an order that was left open with the compromised one', async () => {
    world.authority.before = (call) => {
      if (call === 'finalize') throw new StoreError('store-unavailable', 'the worker died');
    };
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version }));
    world.authority.before = () => {};
    await revoked('keyCompromise');
    world.pass(16 * 60_000);
    await again('forced');
    expect(isKept()).toBe(false);
  });

  it('when another type is wanted', async () => {
    await world.want('shop', ['example.com'], { reuseKey: true, key: 'ecdsa-p384' });
    await again();
    expect(world.live('shop').key).toBe('ecdsa-p384');
  });

  it('when what was revoked cannot be read', async () => {
    await world.store.put('revoked/shop.json', '{');
    await again();
    expect(isKept()).toBe(false);
  });
});

it('without reuseKey each renewal has a new key', async () => {
  await world.want('shop', ['example.com']);
  await again();
  expect(isKept()).toBe(false);
});

it('a version that was revoked is replaced, unless operation ceased', async () => {
  await revoked('cessationOfOperation');
  const due = world.due(['shop'], { reason: 'revoked', replacing: world.live('shop').version });
  expect(await world.renew(due)).toMatchObject([{ outcome: 'left', reason: 'no-longer-due' }]);
  await revoked('superseded');
  expect(await world.renew(due)).toMatchObject([{ outcome: 'renewed' }]);
});
