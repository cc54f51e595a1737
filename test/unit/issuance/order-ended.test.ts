import { beforeEach, describe, expect, it } from 'vitest';
import { limitsKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { AcmeError, type Authorization, type Order } from '../../../lib/issuance/ca/certificate-authority.ts';
import { renewBatch } from '../../../lib/issuance/renewal/renew-batch.ts';
import { FakeAuthority } from '../../fakes/fake-authority.ts';
import { makeWorld, type World } from './renewal-world.ts';

const MINUTE = 60_000;
let world: World;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com', 'www.example.com']);
});

const shop = () => world.renew(world.due(['shop']));
const state = () => JSON.parse(world.store.text('state/shop.json') || '{}');
const pending = () => JSON.parse(world.store.text('pending/shop.json') || '{}');
/** The CA's answers about an order are these instead, from the call `from` on. */
function answerWith(more: Partial<Order>, from: 'finalize' | 'order'): void {
  const { finalize, order } = world.authority;
  world.authority.finalize = async function changed(of, csr) {
    const known = await order.call(this, of.url);
    return from === 'finalize' ? { ...known, ...more } : finalize.call(this, of, csr);
  };
  if (from === 'order')
    world.authority.order = async function changed(url) {
      return { ...(await order.call(this, url)), ...more };
    };
}
const ending = (reason: Order['problem'] & object) => ({ status: 'invalid' as const, problem: reason });
const CAA = {
  reason: 'acme-caa' as const,
  message: 'Error finalizing order; www.example.com: CAA record prevents issuance (caa) (caa)',
  identifiers: ['www.example.com'],
};

describe("an order that ended as invalid for a reason of the CA's", () => {
  it.each(['finalize', 'order'] as const)('is told and remembered with it, seen at %s', async (from) => {
    answerWith(ending(CAA), from);
    const message = expect.stringContaining(CAA.message);
    expect(await shop()).toMatchObject([{ outcome: 'failed', reason: 'acme-caa', message }]);
    expect(state().lastFailure).toMatchObject({ reason: 'acme-caa', message });
    expect(world.events.of('Certificate Renewal Failed')).toMatchObject([{ reason: 'acme-caa', message }]);
    expect(pending()).toEqual({});
    expect(world.zones.all('TXT')).toEqual([]);
  });

  it('is told without an answer about its authorizations', async () => {
    answerWith(ending(CAA), 'finalize');
    let finalized = false;
    const { finalize } = world.authority;
    world.authority.finalize = async function noted(of, csr) {
      finalized = true;
      return finalize.call(this, of, csr);
    };
    world.authority.before = (call) => {
      if (call === 'authorization' && finalized) throw new AcmeError('ca-unavailable', 'HTTP 503');
    };
    expect(await shop()).toMatchObject([{ reason: 'acme-caa' }]);
  });

  it('holds up what the CA limits for it', async () => {
    const message = 'too many certificates (5) already issued for this exact set of identifiers';
    answerWith(
      { ...ending({ reason: 'acme-rate-limited', message, identifiers: [] }), retryAfterMs: 60 * MINUTE },
      'finalize',
    );
    await shop();
    expect(JSON.parse(world.store.text(limitsKey(world.authority.directoryUrl))).limits).toMatchObject([
      { scope: 'exact-set' },
    ]);
  });

  it('is told as such where the CA gives none', async () => {
    answerWith({ status: 'invalid' }, 'finalize');
    expect(await shop()).toMatchObject([
      { reason: 'order-not-valid', message: expect.stringContaining('the CA gives no reason') },
    ]);
    expect(pending()).toEqual({});
  });
});

/** The CA's answers about authorizations of `identifier` are these instead. */
function authorize(identifier: string, more: Partial<Authorization>): void {
  const { authorization } = world.authority;
  world.authority.authorization = async function changed(url) {
    const known = await authorization.call(this, url);
    return known.identifier === identifier ? { ...known, ...more } : known;
  };
}
/** Orders stay pending whatever becomes of their authorizations. */
function keepPending(): void {
  const { order } = world.authority;
  world.authority.order = async function pending(url) {
    return { ...(await order.call(this, url)), status: 'pending' as const };
  };
}
/** A renewal in which waiting costs no time, and how long it waited. */
async function renewPatiently() {
  let elapsed = 0;
  const asked: string[] = [];
  const { before } = world.authority;
  world.authority.before = (call, about) => {
    asked.push(call);
    return before(call, about);
  };
  const runtime = {
    ...world.runtime,
    elapsed: () => elapsed,
    sleep: async (ms: number) => {
      elapsed += ms;
    },
  };
  const signal = new AbortController().signal;
  const outcomes = await renewBatch({ ...world, runtime }, world.due(['shop']), { owner: 'patient', signal });
  const count = (call: string) => asked.filter((one) => one === call).length;
  return { outcomes, waited: () => elapsed, count };
}
/** The first worker dies when it comes to the call. */
async function dieAt(at: string): Promise<void> {
  world.authority.before = (call) => {
    if (call === at) throw new AcmeError('ca-unreachable', 'the worker died');
  };
  await shop();
  world.authority.before = () => {};
  world.pass(20 * MINUTE);
}
const limits = () => JSON.parse(world.store.text(limitsKey(world.authority.directoryUrl)) || '{}');
const UNAUTHORIZED = {
  reason: 'acme-unauthorized' as const,
  message: 'Incorrect TXT record (unauthorized)',
  identifiers: [],
};
const REFUSED = { status: 'invalid' as const, problems: [UNAUTHORIZED] };

describe('an order that stays pending although an authorization is invalid', () => {
  const told = {
    outcome: 'failed',
    reason: 'challenge-invalid',
    message: expect.stringContaining('www.example.com: Incorrect TXT record'),
  };

  it('is over after seconds, told, counted, and ordered anew by the next try', async () => {
    keepPending();
    const { authorization } = world.authority;
    authorize('www.example.com', REFUSED);
    let isAnswered = false;
    const spoilt = world.authority.authorization;
    world.authority.authorization = async (url) =>
      (isAnswered ? spoilt : authorization).call(world.authority, url);
    world.authority.before = (call) => {
      if (call === 'answerChallenge') isAnswered = true;
    };
    const { outcomes, waited } = await renewPatiently();
    expect(outcomes).toMatchObject([told]);
    expect(waited()).toBeLessThan(10_000);
    expect(limits().failedAuthorizations).toMatchObject([{ name: 'www.example.com' }]);
    expect(pending()).toEqual({});
    Object.assign(world.authority, { authorization, order: FakeAuthority.prototype.order });
    world.pass(2 * MINUTE);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.requests).toHaveLength(2);
  });

  it('costs nothing more where it is proved within seconds, and a few requests where it never is', async () => {
    const { count } = await renewPatiently();
    expect(count('authorization')).toBe(2);
    world = await makeWorld();
    await world.want('shop', ['example.com', 'www.example.com']);
    keepPending();
    const { outcomes, count: counted } = await renewPatiently();
    expect(outcomes).toMatchObject([{ reason: 'wait-limit-reached' }]);
    expect(counted('authorization')).toBeLessThan(2 + 2 * 7);
  });

  it('is over at once where an earlier worker left it', async () => {
    await dieAt('answerChallenge');
    keepPending();
    authorize('www.example.com', REFUSED);
    const { outcomes, count } = await renewPatiently();
    expect(outcomes).toMatchObject([told]);
    expect(count('answerChallenge')).toBe(0);
    expect(limits().failedAuthorizations).toMatchObject([{ name: 'www.example.com' }]);
    expect(pending().order).toBeUndefined();
  });
});

describe('an order with an authorization that cannot be used any more', () => {
  it.each(['expired', 'deactivated', 'revoked'] as const)('is replaced at once: %s', async (status) => {
    await dieAt('answerChallenge');
    const url = JSON.parse(world.store.text('pending/shop.json')).order.url;
    const { authorization } = world.authority;
    world.authority.authorization = async function changed(of) {
      const known = await authorization.call(this, of);
      return of.startsWith(url) && known.identifier === 'www.example.com' ? { ...known, status } : known;
    };
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.requests).toHaveLength(2);
    expect(world.zones.all('TXT')).toEqual([]);
  });

  it.each(['acme-malformed', 'acme-unauthorized'] as const)('is replaced at once: %s', async (reason) => {
    await dieAt('answerChallenge');
    const url = JSON.parse(world.store.text('pending/shop.json')).order.url;
    world.authority.before = (call, about) => {
      if (call === 'authorization' && about.startsWith(url)) throw new AcmeError(reason, 'expired');
    };
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.requests).toHaveLength(2);
  });

  it('is carried out where it is valid, whatever became of its authorizations', async () => {
    await dieAt('certificate');
    world.authority.before = (call) => {
      if (call === 'authorization') throw new AcmeError('acme-malformed', 'expired');
    };
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.issued).toHaveLength(1);
  });

  it('is told and given up where it is new', async () => {
    authorize('www.example.com', { status: 'deactivated' });
    expect(await shop()).toMatchObject([
      { reason: 'order-not-valid', message: expect.stringContaining('www.example.com is deactivated') },
    ]);
    expect(pending()).toEqual({});
  });
});

describe('a saved order that the CA never goes on with', () => {
  const DAY = 24 * 60 * MINUTE;
  const failing = [
    ['server trouble', 'order', new AcmeError('acme-server-internal', 'Error retrieving order')],
    ['HTTP errors', 'order', new AcmeError('ca-unavailable', 'HTTP 500')],
    ['refusals', 'finalize', new AcmeError('acme-bad-csr', 'no')],
  ] as const;

  it.each(failing)('for %s at %s is given up after days, told, and ordered anew', async (_, at, error) => {
    await dieAt('certificate');
    const { url } = pending().order;
    world.authority.before = (call, about) => {
      if (call === 'order' && about === url) throw error;
    };
    if (at === 'finalize') {
      const { order } = world.authority;
      world.authority.order = async function stuck(of) {
        const known = await order.call(this, of);
        return of === url ? { ...known, status: 'ready' as const } : known;
      };
      world.authority.before = () => {};
      const { finalize } = world.authority;
      world.authority.finalize = async function refused(of, csr) {
        if (of.url === url) throw error;
        return finalize.call(this, of, csr);
      };
    }
    let days = 0;
    for (; days < 30 && !world.live('shop'); days += 1) {
      await shop();
      world.pass(DAY);
    }
    expect(days).toBeLessThanOrEqual(8);
    expect(world.authority.requests).toHaveLength(2);
    expect(world.events.of('Certificate Renewal Failed').at(-1)).toMatchObject({
      message: expect.stringContaining(`order ${url} is given up`),
    });
    expect(world.zones.all('TXT')).toEqual([]);
    expect(world.store.keys()).not.toContain('pending/shop.json');
  });

  it.each([
    ['is resumed where the CA carried it out at its last try', 1, 1],
    ['is given up where its certificate cannot be had for days', 30, 2],
  ])('%s', async (_, failures, orders) => {
    const failed = { finalize: 0, certificate: 0 };
    const first = () => world.authority.requests.length === 1;
    world.authority.before = (call) => {
      if (!first() || (call !== 'finalize' && call !== 'certificate')) return;
      failed[call] += 1;
      const most = call === 'finalize' ? 3 : failures;
      if (failed[call] <= most) throw new AcmeError('ca-unavailable', 'HTTP 500');
    };
    // Before it is as old as an order can be.
    for (let days = 0; days < 8 && !world.live('shop'); days += 1) {
      await shop();
      world.pass(DAY);
    }
    expect(world.live('shop')).toBeDefined();
    expect(world.authority.requests).toHaveLength(orders);
  });

  it('is resumed however often the CA was down before it could be asked for it', async () => {
    await dieAt('certificate');
    const { caaIssuer } = world.authority;
    world.authority.caaIssuer = async () => {
      throw new AcmeError('ca-unavailable', 'HTTP 503');
    };
    for (let tries = 0; tries < 5; tries += 1) {
      world.pass(DAY);
      expect(await shop()).toMatchObject([{ reason: 'ca-unavailable' }]);
    }
    world.authority.caaIssuer = caaIssuer;
    world.pass(DAY);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.requests).toHaveLength(1);
  });

  it('is not charged for what the CA refuses of the next order, where it is over', async () => {
    await dieAt('certificate');
    const { order } = world.authority;
    world.authority.order = async function invalid(url) {
      return { ...(await order.call(this, url)), status: 'invalid' as const };
    };
    world.authority.before = (call) => {
      if (call === 'createOrder') throw new AcmeError('acme-rejected-identifier', 'no');
    };
    for (let tries = 0; tries < 5; tries += 1) {
      world.pass(DAY);
      expect(await shop()).toMatchObject([
        { reason: 'acme-rejected-identifier', message: expect.not.stringContaining('given up') },
      ]);
    }
    expect(state()).not.toHaveProperty('givenUp');
  });

  it('is resumed whatever another CA refuses meanwhile', async () => {
    await dieAt('certificate');
    const elsewhere = { ...world.due(['shop']), ca: world.fallback.directoryUrl };
    world.stack.fallbackCas = [world.fallback.directoryUrl];
    world.fallback.before = (call) => {
      if (call === 'createOrder') throw new AcmeError('acme-rejected-identifier', 'no');
    };
    for (let tries = 0; tries < 5; tries += 1) {
      world.pass(DAY);
      expect(await world.renew(elsewhere)).toMatchObject([{ reason: 'acme-rejected-identifier' }]);
    }
    world.pass(DAY);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.requests).toHaveLength(1);
  });

  it('is resumed where the CA carried it out between two tries', async () => {
    let days = 0;
    let failed = 0;
    const { order } = world.authority;
    world.authority.before = (call) => {
      if (call === 'certificate' && failed++ < 2) throw new AcmeError('ca-unavailable', 'HTTP 500');
    };
    world.authority.order = async function late(url) {
      const known = await order.call(this, url);
      return { ...known, status: days < 3 ? ('processing' as const) : ('valid' as const) };
    };
    const { finalize } = world.authority;
    world.authority.finalize = async function late(of, csr) {
      return { ...(await finalize.call(this, of, csr)), status: 'processing' as const };
    };
    for (; days < 6 && !world.live('shop'); days += 1) {
      await shop();
      world.pass(DAY);
    }
    expect(world.live('shop')).toBeDefined();
    expect(world.authority.requests).toHaveLength(1);
  });

  it('for lost connections is given up when it is older than an order can be', async () => {
    await dieAt('certificate');
    const { url } = pending().order;
    world.authority.before = (call, about) => {
      if (call === 'order' && about === url) throw new AcmeError('ca-timeout', 'no answer');
    };
    world.pass(6 * DAY);
    expect(await shop()).toMatchObject([{ reason: 'ca-timeout' }]);
    world.pass(DAY);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.requests).toHaveLength(2);
  });

  it('is resumed where an older version of the code did not write when it was placed', async () => {
    await dieAt('certificate');
    const { at: _, ...order } = pending().order;
    await world.store.put('pending/shop.json', JSON.stringify({ ...pending(), order }));
    world.pass(30 * MINUTE);
    expect(await shop()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.issued).toHaveLength(1);
  });
});
