import { beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../lib/foundation/bucket/object-store.ts';
import { Claim } from '../../../lib/issuance/renewal/claim.ts';
import { orderLockKey } from '../../../lib/issuance/renewal/order-lock.ts';
import { makeWorld, type World } from './renewal-world.ts';

it('a claim that records TXT values again has to be cleaned again', async () => {
  const world = await makeWorld();
  const claim = await Claim.claim(world, 'shop', 'run-1');
  const record = {
    zoneId: 'Z1',
    name: '_acme-challenge.example.com',
    type: 'TXT' as const,
    values: ['"a"'],
    ttl: 60,
  };
  await claim.record({ records: [record] });
  claim.forget(record);
  expect(claim.leftOpen).toBe(false);
  expect(world.store.text('pending/shop.json')).toContain('_acme-challenge');
  await claim.record({ order: undefined });
  expect(claim.recorded.records).toEqual([]);
  expect(world.store.text('pending/shop.json')).not.toContain('_acme-challenge');
  await claim.record({ records: [{ ...record }, { ...record, values: ['"b"'] }] });
  expect(claim.recorded.records).toHaveLength(2);
});

const MINUTE = 60_000;
const PENDING = 'pending/shop.json';
const subject = { ca: 'https://ca.test/directory', names: ['example.com'] };
let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

const stored = () => JSON.parse(world.store.text(PENDING));
const asides = () => world.store.keys().filter((key) => key.startsWith('aside/'));
const lock = () => world.store.text(orderLockKey(subject));

describe('a claim', () => {
  it('names its worker, and for how long it holds', async () => {
    const claim = await Claim.claim(world, 'shop', 'run-1');
    expect(stored()).toEqual({ owner: 'run-1', leaseSeconds: 900, records: [] });
    expect(claim).toMatchObject({ leftOpen: false, lookedAt: false, issuedToOthers: [] });
    await claim.release();
    expect(world.store.text(PENDING)).toBe('');
  });

  it('of a worker that is gone is taken over with what it recorded, in the own name and for the whole time', async () => {
    const order = { url: 'https://ca.test/order/1', key: 'the key', request: 'example.com' };
    const left = { owner: 'dead', leaseSeconds: 60, records: [], order };
    await world.store.put(PENDING, JSON.stringify(left));
    world.pass(2 * MINUTE);
    const claim = await Claim.claim(world, 'shop', 'run-2');
    expect(stored()).toMatchObject({ owner: 'run-2', leaseSeconds: 900 });
    expect(asides()).toEqual([]);
    expect(claim.recorded.order).toEqual(order);
    expect(claim.leftOpen).toBe(true);
  });

  it('that cannot be read is set aside once it is stale, and begun anew', async () => {
    await world.store.put(PENDING, 'nonsense');
    await expect(Claim.claim(world, 'shop', 'run-2')).rejects.toMatchObject({ reason: 'claimed-elsewhere' });
    world.pass(16 * MINUTE);
    const claim = await Claim.claim(world, 'shop', 'run-2');
    expect(claim).toMatchObject({ leftOpen: false, recorded: { owner: 'run-2', records: [] } });
    expect(stored()).toEqual({ owner: 'run-2', leaseSeconds: 900, records: [] });
    expect(asides().map((key) => world.store.text(key))).toEqual(['nonsense']);
  });

  it('that ends between the look and the read is of another worker all the same', async () => {
    await world.store.put(PENDING, JSON.stringify({ owner: 'other', leaseSeconds: 900, records: [] }));
    const store: ObjectStore = Object.assign(Object.create(world.store), {
      create: async () => undefined,
      get: async () => undefined,
    });
    await expect(Claim.claim({ ...world, store }, 'shop', 'run-2')).rejects.toMatchObject({
      reason: 'claimed-elsewhere',
      message: 'shop is being renewed by another worker',
    });
  });

  it('that is left for later can be taken at once, with its order, and so can its lock', async () => {
    const claim = await Claim.claim(world, 'shop', 'run-1');
    await claim.lockOrder(subject);
    expect(lock()).toContain('run-1');
    const records = [
      { zoneId: 'Z1', name: '_acme-challenge.example.com', type: 'TXT' as const, values: ['"a"'], ttl: 60 },
    ];
    await claim.record({ records });
    await claim.leaveForLater();
    expect(stored()).toMatchObject({ leaseSeconds: 0, records });
    expect(lock()).toBe('');
    const next = await Claim.claim(world, 'shop', 'run-2');
    expect(next.leftOpen).toBe(true);
    expect(next.recorded.records).toEqual(records);
  });

  it('knows when others had the names of its order, and tells them when it had', async () => {
    const earlier = new Date(world.clock().getTime() - 60 * MINUTE).toISOString();
    const others = { name: 'blog', owner: 'gone', leaseSeconds: 0, issued: [{ name: 'blog', at: earlier }] };
    await world.store.put(orderLockKey(subject), JSON.stringify(others));
    world.pass(MINUTE);
    const claim = await Claim.claim(world, 'shop', 'run-1');
    await claim.lockOrder(subject);
    expect(claim.issuedToOthers).toEqual([new Date(earlier)]);
    claim.issuedAt = world.clock();
    await claim.release();
    expect(JSON.parse(lock()).issued).toContainEqual({ name: 'shop', at: world.clock().toISOString() });
  });
});
