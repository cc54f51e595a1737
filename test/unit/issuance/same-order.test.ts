import { createPrivateKey, X509Certificate } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { orderLockKey } from '../../../lib/issuance/renewal/order-lock.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { makeWorld, type World } from './renewal-world.ts';

const MINUTE = 60_000;
const NAMES = ['example.com', '*.example.com'];
let world: World;

beforeEach(async () => {
  world = await makeWorld();
  world.authority.givesOrderAgain = true;
  await world.want('shop', NAMES);
  await world.want('shop-rsa', [...NAMES].reverse(), { key: 'rsa-2048' });
});

/** The locks that are held; one that ended keeps what was issued under it. */
const fences = () =>
  world.store
    .keys()
    .filter((key) => key.startsWith('orders/') && !world.store.text(key).includes('"leaseSeconds":0,'));
const both = () => world.renew(world.due(['shop', 'shop-rsa']));
const said = async (outcomes: Promise<{ name: string; outcome: string; reason: string }[]>) =>
  (await outcomes).map(({ name, outcome, reason }) => `${name} ${outcome} ${reason}`).sort();

/** Key and certificate of the live version match, and the key is of the wanted type. */
function expectPair(name: string, type: string): void {
  const { version } = world.live(name);
  const file = (part: string) => world.store.text(`archive/${name}/${version}/${part}.pem`);
  const key = createPrivateKey(file('privkey'));
  expect(new X509Certificate(file('cert')).checkPrivateKey(key)).toBe(true);
  expect(key.asymmetricKeyType).toBe(type);
}

/** Another worker, which stops when it comes to this call; `go` lets it go on. */
function pausedAt(call: string) {
  let go: () => void = () => {};
  let reached: () => void = () => {};
  const arrived = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const paused = new Promise<void>((resolve) => {
    go = resolve;
  });
  let isFirst = true;
  world.authority.before = async (name) => {
    if (name !== call || !isFirst) return;
    isFirst = false;
    reached();
    await paused;
  };
  return { arrived, go };
}

describe('two certificates with the same names at one CA', () => {
  it('of one batch are ordered one after the other, each with its own key', async () => {
    const open: number[] = [];
    world.authority.before = (call) => void (call === 'createOrder' && open.push(fences().length));
    expect(await said(both())).toEqual(['shop renewed never-issued', 'shop-rsa renewed never-issued']);
    expectPair('shop', 'ec');
    expectPair('shop-rsa', 'rsa');
    expect(open).toEqual([1, 1]);
    expect(world.authority.issued).toHaveLength(2);
    expect(fences()).toEqual([]);
  });

  it('of two batches: the second waits its turn without a failure, and without a word to CA or DNS', async () => {
    const { arrived, go } = pausedAt('finalize');
    const first = world.renew(world.due(['shop']));
    await arrived;
    const changes = world.zones.batches.length;
    expect(await said(world.renew(world.due(['shop-rsa'])))).toEqual(['shop-rsa left same-order-in-flight']);
    expect(world.authority.requests).toHaveLength(1);
    expect(world.zones.batches).toHaveLength(changes);
    expect(world.store.keys()).not.toContain('state/shop-rsa.json');
    expect(world.store.keys()).not.toContain('pending/shop-rsa.json');
    go();
    expect(await said(first)).toEqual(['shop renewed never-issued']);
    expect(await said(world.renew(world.due(['shop-rsa'])))).toEqual(['shop-rsa renewed never-issued']);
    expectPair('shop-rsa', 'rsa');
  });

  it('of two batches at the same instant: one works', async () => {
    const outcomes = await Promise.all([
      world.renew(world.due(['shop'])),
      world.renew(world.due(['shop-rsa'])),
    ]);
    expect(
      outcomes
        .flat()
        .map(({ outcome }) => outcome)
        .sort(),
    ).toEqual(['left', 'renewed']);
    expect(world.authority.requests).toHaveLength(1);
  });

  it('but others with other names need not wait', async () => {
    await world.want('other', ['example.com']);
    const { arrived, go } = pausedAt('finalize');
    const first = world.renew(world.due(['shop']));
    await arrived;
    expect(await said(world.renew(world.due(['other'])))).toEqual(['other renewed never-issued']);
    go();
    await first;
  });

  it('go on after a failure of the first, and after its worker died', async () => {
    world.authority.before = (call) => {
      if (call === 'finalize') throw new AcmeError('acme-bad-csr', 'no');
    };
    expect(await said(world.renew(world.due(['shop'])))).toEqual(['shop failed acme-bad-csr']);
    expect(fences()).toEqual([]);
    world.authority.before = () => {};
    const { arrived } = pausedAt('finalize');
    world.pass(2 * MINUTE);
    void world.renew(world.due(['shop']));
    await arrived;
    expect(await said(world.renew(world.due(['shop-rsa'])))).toEqual(['shop-rsa left same-order-in-flight']);
    world.pass(15 * MINUTE);
    expect(await said(world.renew(world.due(['shop-rsa'])))).toEqual(['shop-rsa renewed never-issued']);
  });

  it('a worker that slept cannot take down the fence of the next one', async () => {
    const slow = pausedAt('createOrder');
    const sleeping = world.renew(world.due(['shop']));
    await slow.arrived;
    world.pass(16 * MINUTE);
    const next = pausedAt('finalize');
    const working = world.renew(world.due(['shop']));
    await next.arrived;
    slow.go();
    await sleeping;
    expect(fences()).toHaveLength(1);
    next.go();
    expect(await said(working)).toEqual(['shop renewed never-issued']);
    expect(fences()).toEqual([]);
  });

  it('a fence that cannot be read counts until it is as old as a lease', async () => {
    const key = orderLockKey({ ca: world.authority.directoryUrl, names: NAMES });
    await world.store.put(key, 'not JSON');
    expect(await said(world.renew(world.due(['shop'])))).toEqual(['shop left same-order-in-flight']);
    world.pass(15 * MINUTE);
    expect(await said(world.renew(world.due(['shop'])))).toEqual(['shop renewed never-issued']);
  });
});

describe('the budget of a set of names', () => {
  const HOUR = 60 * MINUTE;
  const DAY = 24 * HOUR;
  const KEY = () => orderLockKey({ ca: world.authority.directoryUrl, names: NAMES });
  const lock = () => JSON.parse(world.store.text(KEY()));
  const scanned = async (names: string, more: object = {}) =>
    look({ start: 'force', names: [names], ...more });
  const check = () => look({ start: 'hourly-check' });
  const look = (start: object) => {
    const deps = { ...world, hosts: new FakeHosts(), askRenewalInfo: async () => undefined };
    return scan(deps, parseStart(start), world.clock());
  };
  /** Forces the renewal of both every three hours. */
  const forceBoth = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      for (const name of ['shop', 'shop-rsa'])
        for (const batch of (await scanned(name)).batches) await world.renew(batch);
      world.pass(3 * HOUR);
    }
  };

  it('is one for all its certificates, as the limit of the CA is, and the plan says until when', async () => {
    await forceBoth(4);
    expect(world.authority.issued).toHaveLength(4);
    for (const name of ['shop', 'shop-rsa'])
      expect((await scanned(name)).certificates).toMatchObject([
        { action: 'wait', reason: 'budget-spent', until: '2026-11-27T02:00:00.000Z' },
      ]);
    world.pass(6 * DAY + 12 * HOUR);
    await forceBoth(1);
    expect(world.authority.issued).toHaveLength(6);
    expect(lock().issued).toHaveLength(4);
  });

  const failed = (reason: string) => ({
    failures: 1,
    lastFailure: { at: '2026-11-20T03:00:00.000Z', reason, message: 'no' },
  });

  it('holds up what the CA suggests once the CA itself has refused it for its limits', async () => {
    await forceBoth(2);
    const { certId } = world.live('shop');
    const suggested = { certId, at: world.clock().toISOString() };
    await world.store.put('state/shop.json', JSON.stringify({ ...failed('acme-rate-limited'), suggested }));
    expect((await check()).certificates).toContainEqual(
      expect.objectContaining({ name: 'shop', action: 'wait', reason: 'budget-spent' }),
    );
  });

  it.each([
    ['at the first try', { failures: 0 }],
    ['after another failure', failed('ca-unreachable')],
  ])('does not hold up what the CA suggests, as its own limit does not: %s', async (_, state) => {
    await forceBoth(2);
    const { certId, version } = world.live('shop');
    const suggested = { certId, at: world.clock().toISOString() };
    await world.store.put('state/shop.json', JSON.stringify({ ...state, suggested }));
    const due = world.due(['shop'], { reason: 'suggested-window', replacing: version });
    expect((await check()).certificates).toContainEqual(
      expect.objectContaining({ name: 'shop', action: 'renew', reason: 'suggested-window' }),
    );
    expect(await said(world.renew(due))).toEqual(['shop renewed suggested-window']);
  });

  it('is kept by renew, whatever the message says, and passed by whoever knows better', async () => {
    await forceBoth(4);
    const { version } = world.live('shop');
    const due = world.due(['shop'], { reason: 'forced', replacing: version });
    expect(await said(world.renew(due))).toEqual(['shop left budget-spent']);
    const [batch] = (await scanned('shop', { ignoreBudget: true })).batches;
    if (!batch) throw new Error('nothing is due');
    expect(await said(world.renew(batch))).toEqual(['shop renewed forced']);
  });

  it('counts a certificate once, whatever the profile, also one that was given up', async () => {
    await world.renew(world.due(['shop']));
    await world.want('shop-rsa', NAMES, { key: 'ecdsa-p384', profile: 'tlsserver' });
    const { certificate } = world.authority;
    world.authority.certificate = async () => ['<html>'];
    for (let time = 0; time < 2; time += 1) {
      await world.renew(world.due(['shop-rsa']));
      world.pass(2 * MINUTE);
    }
    world.authority.certificate = certificate;
    expect(lock().issued).toEqual([
      { name: 'shop', at: '2026-11-20T02:00:00.000Z' },
      { name: 'shop-rsa', at: '2026-11-20T02:02:00.000Z' },
    ]);
  });

  it('counts what a worker was issued that had lost the lock meanwhile', async () => {
    const slow = pausedAt('certificate');
    const sleeping = world.renew(world.due(['shop']));
    await slow.arrived;
    world.pass(16 * MINUTE);
    const next = pausedAt('createOrder');
    const working = world.renew(world.due(['shop-rsa']));
    await next.arrived;
    slow.go();
    await sleeping;
    expect(lock()).toMatchObject({ name: 'shop-rsa', leaseSeconds: 900, issued: [{ name: 'shop' }] });
    next.go();
    await working;
    expect(lock().issued).toMatchObject([{ name: 'shop' }, { name: 'shop-rsa' }]);
    expect(fences()).toEqual([]);
  });

  it.each<[string, object | undefined, string]>([
    ['that an older version of the code wrote', {}, 'renewed'],
    ['that a newer one wrote', { more: 1, issued: [] }, 'renewed'],
    ['with instants that nobody can mean', { issued: ['2038-01-19T03:14:07Z', 'soon', ''] }, 'renewed'],
    [
      'with four of today',
      {
        issued: [
          '2026-11-20T01:00:00Z',
          '2026-11-20T01:10:00Z',
          '2026-11-20T01:20:00Z',
          '2026-11-20T01:30:00Z',
        ],
      },
      'left',
    ],
  ])('reads a lock %s', async (_, more, outcome) => {
    const known = (more as { issued?: string[] }).issued?.map((at) => ({ name: 'other', at }));
    const old = { name: 'gone', owner: 'run-0', leaseSeconds: 0, ...more, ...(known && { issued: known }) };
    await world.store.put(KEY(), JSON.stringify(old));
    expect(await world.renew(world.due(['shop']))).toMatchObject([{ outcome }]);
    if (outcome === 'renewed') expect(lock().issued).toMatchObject([{ name: 'shop' }]);
    if (_ === 'that a newer one wrote') expect(lock().more).toBe(1);
  });
});

describe('row 7: one order that two finalize with different keys', () => {
  it('is the certificate of the first; the other sees the mismatch, commits nothing, and gets its own', async () => {
    const { arrived, go } = pausedAt('finalize');
    const loser = world.renew(world.due(['shop']));
    await arrived;
    for (const fence of fences()) await world.store.remove(fence);
    expect(await said(world.renew(world.due(['shop-rsa'])))).toEqual(['shop-rsa renewed never-issued']);
    go();
    expect(await said(loser)).toEqual(['shop failed key-mismatch']);
    expect(world.live('shop')).toBeNull();
    expect(world.authority.issued).toHaveLength(1);
    for (let day = 0; day < 3 && !world.live('shop'); day += 1) {
      world.pass(24 * 60 * MINUTE);
      await world.renew(world.due(['shop']));
    }
    expectPair('shop', 'ec');
    expectPair('shop-rsa', 'rsa');
    expect(world.authority.issued).toHaveLength(2);
    expect(world.zones.all('TXT')).toEqual([]);
  });
});

describe('one order that another finalizes while the first waits to try again', () => {
  it('is left to that one: the first gets its own at its next try, and fails no second time', async () => {
    world.authority.before = (call) => {
      if (call === 'finalize') throw new AcmeError('ca-unreachable', 'the CA ca.test cannot be reached');
    };
    expect(await said(world.renew(world.due(['shop'])))).toEqual(['shop failed ca-unreachable']);
    world.authority.before = () => {};
    expect(await said(world.renew(world.due(['shop-rsa'])))).toEqual(['shop-rsa renewed never-issued']);
    expect(world.authority.issued).toHaveLength(1);
    world.pass(61 * MINUTE);
    expect(await said(world.renew(world.due(['shop'])))).toEqual(['shop renewed never-issued']);
    expectPair('shop', 'ec');
    expectPair('shop-rsa', 'rsa');
    expect(world.authority.issued).toHaveLength(2);
    expect(world.zones.all('TXT')).toEqual([]);
  });
});

describe('row 4: the answer to newOrder is lost', () => {
  it.each([
    ['the same order again', true, 1],
    ['another order', false, 1],
  ])('and a CA that gives %s issues one certificate', async (_, again, issued) => {
    world.authority.givesOrderAgain = again;
    let isLost = true;
    world.authority.after = (call) => {
      if (call !== 'createOrder' || !isLost) return;
      isLost = false;
      throw new AcmeError('ca-unreachable', 'the CA ca.test cannot be reached: ECONNRESET');
    };
    expect(await said(world.renew(world.due(['shop'])))).toEqual(['shop failed ca-unreachable']);
    world.pass(61 * MINUTE);
    expect(await said(world.renew(world.due(['shop'])))).toEqual(['shop renewed never-issued']);
    expectPair('shop', 'ec');
    expect(world.authority.issued).toHaveLength(issued);
    expect(world.zones.all('TXT')).toEqual([]);
  });
});

describe('a lost answer to finalize', () => {
  it('that is repeated and refused ends with the certificate that the first one made', async () => {
    let count = 0;
    world.authority.before = async (call) => {
      if (call === 'finalize') count += 1;
    };
    const { finalize } = world.authority;
    world.authority.finalize = async function repeated(order, csr) {
      await finalize.call(this, order, csr);
      return finalize.call(this, order, csr);
    };
    expect(await said(world.renew(world.due(['shop'])))).toEqual(['shop renewed never-issued']);
    expect(count).toBe(2);
    expect(world.authority.issued).toHaveLength(1);
    expectPair('shop', 'ec');
  });
});
