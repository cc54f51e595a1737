import { beforeEach, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../../lib/foundation/bucket/object-store.ts';
import { Claim } from '../../../lib/issuance/renewal/claim.ts';
import { learnedLimits } from '../../../lib/issuance/renewal/learned-limits.ts';
import { orderLockKey, removeDeadLocks, takeOrderLock } from '../../../lib/issuance/renewal/order-lock.ts';
import { updateState } from '../../../lib/issuance/renewal/read-state.ts';
import { tidy } from '../../../lib/scan/tidy.ts';
import { contested } from '../../fakes/contested-store.ts';
import { makeWorld, type World } from './renewal-world.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const PENDING = 'pending/shop.json';
/** Of who tries to create an object and reads what is there instead: after the read, and before the second write. */
const MOMENTS = [{ at: 'read' as const }, { at: 'write' as const, skipped: 1 }];
let world: World;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com']);
});

const ownerIn = (key: string) => JSON.parse(world.store.text(key)).owner;
const claimOf = (owner: string) => JSON.stringify({ owner, leaseSeconds: 900, records: [] });
const other = () => world.store.put(PENDING, claimOf('other'));

describe('a claim that another worker takes between read and write', () => {
  it('is not created over theirs', async () => {
    const store = contested(world.store, PENDING, () => other());
    await expect(Claim.claim({ ...world, store }, 'shop', 'mine')).rejects.toMatchObject({
      reason: 'claimed-elsewhere',
    });
    expect(store.contests).toBe(1);
    expect(ownerIn(PENDING)).toBe('other');
  });

  it.each(MOMENTS)('is not taken over although the claim of before was stale: %o', async (moment) => {
    await world.store.put(PENDING, claimOf('dead'));
    world.pass(16 * MINUTE);
    const store = contested(world.store, PENDING, () => other(), moment);
    await expect(Claim.claim({ ...world, store }, 'shop', 'mine')).rejects.toMatchObject({
      reason: 'claimed-elsewhere',
    });
    expect(ownerIn(PENDING)).toBe('other');
  });

  it.each([
    ['records nothing more', (claim: Claim) => claim.record({ records: [] })],
    ['leaves nothing for later', (claim: Claim) => claim.leaveForLater()],
  ])('%s', async (_, write) => {
    const store = contested(world.store, PENDING, () => other(), { skipped: 1 });
    const claim = await Claim.claim({ ...world, store }, 'shop', 'mine');
    await expect(write(claim)).rejects.toMatchObject({ reason: 'claimed-elsewhere' });
    expect(ownerIn(PENDING)).toBe('other');
  });

  it('is not removed when this worker ends', async () => {
    const store = contested(world.store, PENDING, () => other(), { skipped: 1 });
    const claim = await Claim.claim({ ...world, store }, 'shop', 'mine');
    await claim.release();
    expect(ownerIn(PENDING)).toBe('other');
  });
});

describe('an order lock that another worker writes between read and write', () => {
  const key = orderLockKey({ ca: 'https://ca.test/directory', names: ['example.com'] });
  const mine = { name: 'shop', owner: 'mine' };
  const theirs = { name: 'blog', owner: 'other', leaseSeconds: 900, issued: [] as object[] };
  const write = (lock: object = theirs) => world.store.put(key, JSON.stringify(lock));
  const lock = () => JSON.parse(world.store.text(key));

  it('is not created over theirs', async () => {
    const store = contested(world.store, key, () => write());
    await expect(takeOrderLock({ ...world, store }, key, mine)).rejects.toMatchObject({
      reason: 'same-order-in-flight',
    });
    expect(lock()).toEqual(theirs);
  });

  it.each(MOMENTS)('is not taken over although the one of before was stale: %o', async (moment) => {
    await write({ ...theirs, name: 'dead' });
    world.pass(16 * MINUTE);
    const store = contested(world.store, key, () => write(), moment);
    await expect(takeOrderLock({ ...world, store }, key, mine)).rejects.toMatchObject({
      reason: 'same-order-in-flight',
    });
    expect(lock()).toEqual(theirs);
  });

  it('is theirs after this worker ends without a certificate', async () => {
    const store = contested(world.store, key, () => write(), { skipped: 1 });
    const held = await takeOrderLock({ ...world, store }, key, mine);
    await held.release(undefined);
    expect(store.contests).toBe(1);
    expect(lock()).toEqual(theirs);
  });

  it('is theirs after this worker ends with a certificate, which is counted for both', async () => {
    const earlier = { name: 'blog', at: new Date(world.clock().getTime() - DAY).toISOString() };
    const store = contested(world.store, key, () => write({ ...theirs, issued: [earlier] }), { skipped: 1 });
    const held = await takeOrderLock({ ...world, store }, key, mine);
    await held.release(world.clock());
    expect(lock()).toEqual({
      ...theirs,
      issued: [earlier, { name: 'shop', at: world.clock().toISOString() }],
    });
  });

  it('is not swept away although it was dead when it was read', async () => {
    await write({ ...theirs, owner: 'dead' });
    world.pass(16 * MINUTE);
    const store = contested(world.store, key, () => write());
    await removeDeadLocks(store, world.store);
    expect(lock()).toEqual(theirs);
    world.pass(9 * DAY);
    await tidy(contested(world.store, key, () => write({ ...theirs, owner: 'new' })));
    expect(lock().owner).toBe('new');
  });
});

describe('a pointer that another worker moves before the commit', () => {
  const pointer = 'live/shop.json';
  const renew = (store: ObjectStore, more: object) => world.renew(world.due(['shop'], more), { store });

  it('of a first certificate stays, and nothing is said to be renewed', async () => {
    const theirs = await makeWorld();
    await theirs.want('shop', ['example.com']);
    await theirs.renew(theirs.due(['shop']));
    const text = theirs.store.text(pointer);
    const store = contested(world.store, pointer, () => world.store.put(pointer, text));
    const outcomes = await renew(store, {});
    expect(outcomes).toMatchObject([{ name: 'shop', outcome: 'left', reason: 'claimed-elsewhere' }]);
    expect(store.contests).toBe(1);
    expect(world.store.text(pointer)).toBe(text);
  });

  it('of a renewal stays, and nothing is said to be renewed', async () => {
    await world.renew(world.due(['shop']));
    const { version } = world.live('shop');
    world.pass(DAY);
    const moved = { ...world.live('shop'), version: '20261121T010000Z-abcdef' };
    const store = contested(world.store, pointer, () => world.store.put(pointer, JSON.stringify(moved)));
    const before = world.events.facts.length;
    const outcomes = await renew(store, { reason: 'forced', replacing: version });
    expect(outcomes).toMatchObject([{ name: 'shop', outcome: 'left', reason: 'claimed-elsewhere' }]);
    expect(store.contests).toBe(1);
    expect(world.live('shop').version).toBe(moved.version);
    const said = world.events.types().slice(before);
    expect(said).not.toContain('Certificate Renewed');
    expect(said).not.toContain('Deployment Due');
  });
});

describe('what several workers write together', () => {
  it.each(['read', 'write'] as const)(
    'is the failures of all: a state keeps what another counted around its %s',
    async (at) => {
      const key = 'state/shop.json';
      const failures = (count: number) => ({ failures: count });
      const store = contested(world.store, key, () => world.store.put(key, JSON.stringify(failures(4))), {
        at,
      });
      await world.store.put(key, JSON.stringify(failures(1)));
      await updateState(store, { name: 'shop', now: world.clock() }, (before) => ({
        ...failures((before?.failures ?? 0) + 1),
      }));
      expect(JSON.parse(world.store.text(key)).failures).toBe(5);
    },
  );

  it("is the limits of all: a CA's limit that another learned meanwhile is kept", async () => {
    const ca = world.authority.directoryUrl;
    const refusal = {
      reason: 'acme-rate-limited' as const,
      message: 'too many certificates already issued for this exact set of identifiers',
      retryAfterMs: DAY,
    };
    const late = contested(
      world.store,
      (key) => key.startsWith('limits/'),
      async () => {
        const theirs = learnedLimits(world, ca);
        await theirs.read;
        theirs.learn(refusal, ['other.example.com']);
        await theirs.stored();
      },
    );
    const mine = learnedLimits({ ...world, store: late }, ca);
    await mine.read;
    mine.learn(refusal, ['example.com']);
    await mine.stored();
    const [key = ''] = world.store.keys().filter((one) => one.startsWith('limits/'));
    expect(late.contests).toBe(1);
    expect(world.store.text(key)).toContain('"other.example.com"');
    expect(world.store.text(key)).toContain('"example.com"');
  });
});

it('a state that is repaired meanwhile is not removed with the spoilt one', async () => {
  const key = 'state/shop.json';
  await world.store.put(key, 'not JSON');
  const repaired = JSON.stringify({ failures: 0 });
  const store = contested(world.store, key, () => world.store.put(key, repaired));
  await world.renew(world.due(['shop']), { store });
  expect(store.contests).toBe(1);
  expect(world.store.text(key)).toBe(repaired);
});

describe('a message that comes twice', () => {
  it('and was forced renews once: the second finds another version than the one it replaces', async () => {
    await world.renew(world.due(['shop']));
    const { version } = world.live('shop');
    world.pass(DAY);
    const forced = world.due(['shop'], { reason: 'forced', replacing: version });
    expect(await world.renew(forced)).toMatchObject([{ outcome: 'renewed', reason: 'forced' }]);
    world.pass(MINUTE);
    expect(await world.renew(forced)).toMatchObject([{ outcome: 'left', reason: 'no-longer-due' }]);
    expect(world.authority.issued).toHaveLength(2);
  });

  it('of a first certificate, and forced, issues one', async () => {
    const forced = world.due(['shop'], { reason: 'forced', replacing: null });
    await world.renew(forced);
    world.pass(MINUTE);
    expect(await world.renew(forced)).toMatchObject([{ outcome: 'left', reason: 'no-longer-due' }]);
    expect(world.authority.issued).toHaveLength(1);
  });
});
