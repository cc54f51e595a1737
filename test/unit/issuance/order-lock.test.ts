import { beforeEach, describe, expect, it } from 'vitest';
import { liveKey } from '../../../lib/foundation/certificate/object-keys.ts';
import {
  issuedToOthers,
  orderLockKey,
  removeDeadLocks,
  takeOrderLock,
} from '../../../lib/issuance/renewal/order-lock.ts';
import { contested } from '../../fakes/contested-store.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const START = new Date('2026-11-20T02:00:00Z');
const subject = { ca: 'https://ca.test/directory', names: ['example.com', '*.example.com'] };
const KEY = orderLockKey(subject);
const ago = (ms: number) => new Date(START.getTime() - ms).toISOString();

let now: Date;
let store: MemoryStore;
const clock = () => now;
beforeEach(() => {
  now = START;
  store = new MemoryStore(clock);
});
const lock = () => JSON.parse(store.text(KEY));
const put = (more: object, key = KEY) =>
  store.put(key, JSON.stringify({ name: 'blog', owner: 'run-0', leaseSeconds: 900, issued: [], ...more }));

describe.each([false, true])('the lock of a set of names, perhaps there: %s', (perhapsThere) => {
  const take = (name: string, owner = 'run-1') =>
    takeOrderLock({ store, clock }, KEY, { name, owner, perhapsThere });

  it('is one for the set in any order, and another for each CA and other set', () => {
    expect(orderLockKey({ ...subject, names: [...subject.names].reverse() })).toBe(KEY);
    expect(orderLockKey({ ...subject, ca: 'https://other.test/directory' })).not.toBe(KEY);
    expect(orderLockKey({ ...subject, names: ['example.com'] })).not.toBe(KEY);
  });

  it('says who holds it and for how long, and is gone after an order without a certificate', async () => {
    const held = await take('shop');
    expect(lock()).toEqual({ name: 'shop', owner: 'run-1', leaseSeconds: 900, issued: [] });
    expect(store.text(KEY)).toMatch(/\}\n$/);
    expect(held.issuedToOthers).toEqual([]);
    await held.release(undefined);
    expect(store.keys()).toEqual([]);
  });

  it("is refused while another certificate's lease runs, by name", async () => {
    await put({});
    const before = store.text(KEY);
    now = new Date(START.getTime() + 15 * MINUTE - 1);
    await expect(take('shop')).rejects.toMatchObject({
      name: 'SameOrderError',
      reason: 'same-order-in-flight',
      message: 'shop waits its turn: blog is being ordered with the same names at the same CA',
    });
    expect(store.text(KEY)).toBe(before);
  });

  it.each([
    ['once the lease is over', { leaseSeconds: 900 }, 15 * MINUTE],
    ['once it was ended', { leaseSeconds: 0 }, 0],
    ['where it is of the same certificate', { name: 'shop' }, 0],
    ['where its lease is longer than any is, after one', { leaseSeconds: 9_000_000 }, 15 * MINUTE],
  ])('is taken over %s, with what was issued', async (_, more, laterMs) => {
    const issued = ['blog', 'shop'].map((name) => ({ name, at: ago(HOUR) }));
    await put({ ...more, issued, newer: 1 });
    now = new Date(START.getTime() + laterMs);
    const held = await take('shop');
    expect(held.issuedToOthers).toEqual([new Date(ago(HOUR))]);
    expect(lock()).toMatchObject({ name: 'shop', owner: 'run-1', leaseSeconds: 900, issued, newer: 1 });
  });

  it.each([
    ['no text of ours', 'not JSON'],
    ['without a name', '{"owner":"run-0","leaseSeconds":0}'],
    ['without an owner', '{"name":"shop","leaseSeconds":0}'],
    ['without a lease', '{"name":"shop","owner":"run-0"}'],
  ])('counts as held by another for a lease where it is %s', async (_, text) => {
    await store.put(KEY, text);
    await expect(take('shop')).rejects.toThrow('another is being ordered');
    now = new Date(START.getTime() + 15 * MINUTE);
    await take('shop');
    expect(lock()).toMatchObject({ name: 'shop', owner: 'run-1', leaseSeconds: 900, issued: [] });
  });

  it('is taken over from an older version, which kept nothing of what was issued', async () => {
    await store.put(KEY, '{"name":"blog","owner":"run-0","leaseSeconds":0}');
    expect((await take('shop')).issuedToOthers).toEqual([]);
    expect(lock().issued).toEqual([]);
  });

  it('is left to whoever takes it over at the same moment', async () => {
    await put({ leaseSeconds: 0 });
    const late = contested(store, KEY, () => put({ name: 'third' }), { skipped: 1 });
    const taken = takeOrderLock({ store: late, clock }, KEY, { name: 'shop', owner: 'run-1' });
    await expect(taken).rejects.toThrow('another is being ordered');
    expect(lock()).toMatchObject({ name: 'third' });
  });

  it('is not taken twice where it comes between the look and the try', async () => {
    const late = contested(store, KEY, () => put({}));
    const holder = { name: 'shop', owner: 'run-1', perhapsThere: true };
    await expect(takeOrderLock({ store: late, clock }, KEY, holder)).rejects.toThrow('blog is being ordered');
    expect(late.contests).toBe(1);
    expect(lock()).toMatchObject({ name: 'blog' });
  });

  it('is not taken where it ends between the try and the look', async () => {
    await put({});
    const late = { ...contested(store, 'none', () => undefined), get: async () => undefined };
    const taken = takeOrderLock({ store: late, clock }, KEY, { name: 'shop', owner: 'run-1' });
    await expect(taken).rejects.toMatchObject({
      reason: 'same-order-in-flight',
      message: expect.stringContaining('another is being ordered'),
    });
  });

  it.each([
    ['spoilt', () => store.put(KEY, 'not JSON')],
    ['removed', () => store.remove(KEY)],
  ])('that was %s meanwhile keeps what was issued under it all the same', async (_, spoil) => {
    const held = await take('shop');
    await spoil();
    await held.release(now);
    expect(lock()).toMatchObject({ leaseSeconds: 0, issued: [{ name: 'shop', at: START.toISOString() }] });
  });

  it('keeps what was issued under it, each certificate once, and no lease', async () => {
    const known = [
      { name: 'blog', at: ago(2 * HOUR) },
      { name: 'blog', at: ago(2 * HOUR) },
      { name: 'old', at: ago(7 * DAY) },
    ];
    await put({ leaseSeconds: 0, issued: known });
    await (await take('shop')).release(now);
    expect(lock()).toMatchObject({
      leaseSeconds: 0,
      issued: [
        { name: 'blog', at: ago(2 * HOUR) },
        { name: 'shop', at: START.toISOString() },
      ],
    });
  });

  it('leaves the lease to whoever has it by then, and adds what it was issued', async () => {
    const held = await take('shop');
    await put({ name: 'blog', owner: 'run-2', issued: [{ name: 'blog', at: ago(HOUR) }] });
    await held.release(now);
    expect(lock()).toMatchObject({ name: 'blog', owner: 'run-2', leaseSeconds: 900 });
    expect(lock().issued.map(({ name }: { name: string }) => name)).toEqual(['blog', 'shop']);
  });

  it.each([
    ['its own, to which another added', { name: 'shop', owner: 'run-1' }, 0],
    ["another worker's on the same certificate", { name: 'shop', owner: 'run-2' }, 900],
    ["its own worker's on another certificate", { name: 'blog', owner: 'run-1' }, 900],
  ])('ends %s', async (_, more, leaseSeconds) => {
    const held = await take('shop');
    await put({ ...more, issued: [{ name: 'blog', at: ago(HOUR) }] });
    await held.release(now);
    expect(lock()).toMatchObject({ ...more, leaseSeconds });
  });
});

describe('certificates of the set that others got', () => {
  const asked = () => issuedToOthers(store, { ...subject, name: 'shop' }, now);

  it('are none where there is no lock, or none that can be read', async () => {
    expect(await asked()).toEqual([]);
    await store.put(KEY, 'not JSON');
    expect(await asked()).toEqual([]);
  });

  it.each([
    ['an hour ago', 'blog', HOUR, true],
    ['just under seven days ago', 'blog', 7 * DAY - 1, true],
    ['seven days ago', 'blog', 7 * DAY, false],
    ['by a clock that is ahead', 'blog', -DAY + 1, true],
    ['by a clock that is a day ahead', 'blog', -DAY, false],
    ['by the same certificate', 'shop', HOUR, false],
  ])('count when they were issued %s', async (_, name, ageMs, counts) => {
    await put({ issued: [{ name, at: ago(ageMs) }] });
    expect(await asked()).toEqual(counts ? [new Date(ago(ageMs))] : []);
  });
});

it('a dead lock that is gone before it is read troubles nobody', async () => {
  await put({});
  now = new Date(START.getTime() + HOUR);
  await removeDeadLocks(store, { list: store.list.bind(store), get: async () => undefined });
  expect(store.keys()).toEqual([]);
});

describe('a certificate whose worker died before it ended its lock', () => {
  const live = (issuedAt: string) =>
    store.put(liveKey('blog'), JSON.stringify({ ...pointerOf(new Date('2027-01-30T00:00:00Z')), issuedAt }));

  it.each([
    ['counts where it was issued under that lock', {}, -MINUTE, 1],
    ['counts once where the lock was ended', { leaseSeconds: 0 }, -MINUTE, 0],
    ['does not count where the one that is live is older', {}, MINUTE, 0],
  ])('%s', async (_, more, ageMs, count) => {
    await put(more);
    await live(ago(ageMs));
    now = new Date(START.getTime() + HOUR);
    const held = await takeOrderLock({ store, clock }, KEY, { name: 'shop', owner: 'run-1' });
    expect(held.issuedToOthers).toEqual(count ? [new Date(ago(ageMs))] : []);
  });

  it('counts beside what another worker had issued, and the dead lock ends', async () => {
    await put({ issued: [{ name: 'shop', at: ago(HOUR) }] });
    await live(ago(-MINUTE));
    now = new Date(START.getTime() + HOUR);
    await removeDeadLocks(store, store);
    const issued = [
      { name: 'shop', at: ago(HOUR) },
      { name: 'blog', at: ago(-MINUTE) },
    ];
    expect(lock()).toMatchObject({ leaseSeconds: 0, issued });
  });

  it('is kept where the dead lock would be removed', async () => {
    await put({});
    await live(ago(-MINUTE));
    now = new Date(START.getTime() + HOUR);
    await removeDeadLocks(store, store);
    expect(lock()).toMatchObject({ leaseSeconds: 0, issued: [{ name: 'blog', at: ago(-MINUTE) }] });
  });
});

it('dead locks are removed, and nothing else', async () => {
  const other = (letter: string) => `orders/${letter.repeat(64)}.json`;
  await put({}, other('a'));
  await store.put(other('b'), 'not JSON');
  await put({ issued: [{ name: 'blog', at: ago(HOUR) }] }, other('c'));
  const foreign = [
    `orders/${'d'.repeat(63)}.json`,
    `orders/${'e'.repeat(64)}.txt`,
    `orders/x${other('f').slice(7)}`,
  ];
  for (const key of foreign) await put({}, key);
  now = new Date(START.getTime() + 15 * MINUTE);
  await put({}, other('0'));
  await removeDeadLocks(store, store);
  expect(store.keys()).toContain(other('a'));
  now = new Date(START.getTime() + 15 * MINUTE + 1);
  await removeDeadLocks(store, store);
  expect(store.keys()).toEqual([other('0'), other('c'), ...foreign].sort());
});
