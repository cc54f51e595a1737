import { beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import type { RenewalDue } from '../../../lib/foundation/events/events.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { requireForcedDone } from '../../../lib/issuance/renewal/outcome.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import type { MemoryStore } from '../../fakes/memory-store.ts';
import { makeWorld, type World } from './renewal-world.ts';

const MINUTE = 60_000;
let world: World;
/** The message of a forced renewal that is not due by itself. */
let wish: RenewalDue;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com']);
  await world.renew(world.due(['shop']));
  wish = world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version });
});

/** An hourly check and the renewals that follow from it, in the bucket that a dead worker left. */
async function check(store = world.store) {
  const deps = { ...world, store, hosts: new FakeHosts(), askRenewalInfo: async () => undefined };
  const { batches } = await scan(deps, parseStart({ start: 'hourly-check' }), world.clock());
  return (await Promise.all(batches.map((batch) => world.renew(batch, { store })))).flat();
}
/** The bucket that is left by a worker that dies when it comes to a call. */
async function diedAt(at: string): Promise<MemoryStore> {
  let left: MemoryStore | undefined;
  world.authority.before = (call) => {
    if (call !== at || left) return;
    left = world.store.snapshot(world.clock);
    throw new AcmeError('ca-unreachable', 'the worker died');
  };
  await world.renew(wish);
  world.authority.before = () => {};
  if (!left) throw new Error(`${at} was not called`);
  world.pass(20 * MINUTE);
  return left;
}
const issued = () => world.authority.issued.length;

describe('a forced renewal whose worker died', () => {
  it.each(['answerChallenge', 'finalize', 'certificate'])(
    'at %s is resumed by the next check',
    async (at) => {
      const left = await diedAt(at);
      expect(await check(left)).toMatchObject([{ outcome: 'renewed', reason: 'order-open' }]);
      expect(issued()).toBe(2);
      expect(world.authority.requests).toHaveLength(2);
      expect(world.live('shop', left).version).not.toBe(wish.certificates[0]?.replacing);
      const again = await world.renew(wish, { store: left });
      expect(again).toMatchObject([{ outcome: 'left', reason: 'no-longer-due' }]);
      expect(() => requireForcedDone(wish, again)).not.toThrow();
      expect(issued()).toBe(2);
      expect(await check(left)).toEqual([]);
      expect(left.keys()).not.toContain('pending/shop.json');
      expect(world.zones.all('TXT')).toEqual([]);
    },
  );

  it.each([
    ['is invalid', 'invalid'],
    ['is unknown to the CA', undefined],
  ] as const)('is not ordered anew where its order %s', async (_, status) => {
    const left = await diedAt('answerChallenge');
    const { order } = world.authority;
    world.authority.order = async function ended(url) {
      if (!status) throw new AcmeError('acme-malformed', `no order ${url}`);
      return { ...(await order.call(this, url)), status };
    };
    expect(await check(left)).toMatchObject([
      { outcome: 'left', reason: 'no-longer-due', message: expect.stringContaining('open order is over') },
    ]);
    expect(world.authority.requests).toHaveLength(2);
    expect(left.keys().filter((key) => /^(pending|state)/.test(key))).toEqual([]);
    expect(world.zones.all('TXT')).toEqual([]);
    expect(await check(left)).toEqual([]);
  });

  it.each([
    ['other names are wanted again', ['example.com', 'www.example.com'], 0],
    ['its order is older than a CA keeps one', ['example.com'], 8 * 24 * 60 * MINUTE],
  ])('is cleaned up where %s', async (_, names, age) => {
    await world.want('shop', names);
    const left = await diedAt('answerChallenge');
    world.pass(age);
    await left.put('renewal/shop.json', JSON.stringify({ names: ['example.com'] }));
    expect(await check(left)).toMatchObject([{ outcome: 'mended', reason: 'left-open' }]);
    expect(issued()).toBe(1);
    expect(left.keys()).not.toContain('pending/shop.json');
  });
});

it('an order that is open beside other repairs is resumed', async () => {
  const left = await diedAt('finalize');
  await left.put('renewal/shop.json', JSON.stringify({ names: ['example.com'], hosts: ['web'] }));
  expect(await check(left)).toMatchObject([{ outcome: 'renewed', reason: 'order-open' }]);
  expect(world.live('shop', left).hosts).toEqual(['web']);
  expect(issued()).toBe(2);
});

describe('a forced renewal that was left', () => {
  const message =
    (outcomes: Awaited<ReturnType<typeof world.renew>>, due = wish) =>
    () =>
      requireForcedDone(due, outcomes);

  it('comes back with its message when the time ended before its order', async () => {
    const outcomes = await world.renew(wish, { signal: AbortSignal.abort() });
    expect(outcomes).toMatchObject([{ outcome: 'left', reason: 'out-of-time' }]);
    expect(message(outcomes)).toThrow(/^shop was to be renewed by force: the function's time ended/);
    expect(await check()).toEqual([]);
    const again = await world.renew(wish);
    expect(again).toMatchObject([{ outcome: 'renewed' }]);
    expect(message(again)).not.toThrow();
  });

  it('comes back when another worker has the certificate, or an order of the same names', async () => {
    await world.want('twin', ['example.com'], { key: 'ecdsa-p384' });
    await world.renew(world.due(['twin']));
    const twin = world.due(['twin'], { reason: 'forced', replacing: world.live('twin').version });
    const left = await diedAt('finalize');
    world.pass(-20 * MINUTE);
    expect(message(await world.renew(wish, { store: left }))).toThrow(/another worker/);
    expect(message(await world.renew(twin, { store: left }), twin)).toThrow(/waits its turn/);
  });

  it.each([
    ['does not see its open order', 0],
    ['comes within minutes after it', 15 * MINUTE],
  ])('is not forgotten to have failed by a check that %s', async (_, sooner) => {
    const left = await diedAt('finalize');
    world.pass(-sooner);
    const failed = {
      failures: 2,
      lastFailure: { at: world.clock().toISOString(), reason: 'x', message: 'm' },
    };
    await left.put('state/shop.json', JSON.stringify(failed));
    const deps = { ...world, store: left, hosts: new FakeHosts(), askRenewalInfo: async () => undefined };
    await scan(deps, parseStart({ start: 'hourly-check' }), world.clock());
    expect(JSON.parse(left.text('state/shop.json')).failures).toBe(2);
  });

  it('is told where a limit holds it up, and does not come back', async () => {
    for (let times = 0; times < 3; times += 1) {
      world.pass(MINUTE);
      await world.renew(world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version }));
    }
    const due = world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version });
    const outcomes = await world.renew(due);
    expect(outcomes).toMatchObject([{ outcome: 'left', reason: 'budget-spent' }]);
    expect(message(outcomes, due)).not.toThrow();
    expect(world.events.of('Certificate Renewal Failed')).toMatchObject([
      { name: 'shop', reason: 'budget-spent', forced: true },
    ]);
  });

  it('is left to the next check where it is due by itself', async () => {
    const due = world.due(['shop'], { reason: 'expires-soon', replacing: world.live('shop').version });
    world.pass(65 * 24 * 60 * MINUTE);
    const outcomes = await world.renew(due, { signal: AbortSignal.abort() });
    expect(outcomes).toMatchObject([{ reason: 'out-of-time' }]);
    expect(message(outcomes, due)).not.toThrow();
    expect(await check()).toMatchObject([{ outcome: 'renewed' }]);
  });

  it('is told as any other where it failed', async () => {
    world.authority.before = (call) => {
      if (call === 'createOrder') throw new AcmeError('acme-rejected-identifier', 'no');
    };
    expect(message(await world.renew(wish))).not.toThrow();
  });

  it.each([
    ['the bucket', 'createOrder'],
    ['the bus', 'createOrder'],
    ['the bucket', 'its claim'],
    ['the bus', 'its claim'],
  ] as const)('comes back where it failed and %s does not take that, at %s', async (where, at) => {
    const fail = () => {
      throw new StoreError('store-unavailable', 'no answer');
    };
    if (where === 'the bus') world.events.before = fail;
    else world.store.beforeWrite = (key) => key.startsWith('state/') && fail();
    if (at === 'its claim') await world.store.put('renewal/shop.json', '{');
    world.authority.before = (call) => {
      if (call === at) throw new AcmeError('acme-rejected-identifier', 'no');
    };
    const outcomes = await world.renew(wish);
    expect(outcomes).toMatchObject([{ outcome: 'failed', untold: true }]);
    expect(message(outcomes)).toThrow(/^shop was to be renewed by force: /);
    const due = world.due(['shop'], { reason: 'expires-soon', replacing: world.live('shop').version });
    expect(message(outcomes, due)).not.toThrow();
  });
});
