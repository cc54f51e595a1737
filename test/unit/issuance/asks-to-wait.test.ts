import { beforeEach, describe, expect, it } from 'vitest';
import { AcmeError, type Order } from '../../../lib/issuance/ca/certificate-authority.ts';
import { renewBatch } from '../../../lib/issuance/renewal/renew-batch.ts';
import { FakeAuthority } from '../../fakes/fake-authority.ts';
import { makeWorld, type World } from './renewal-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let world: World;
let elapsed: number;
let looks: number;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com', 'www.example.com']);
  elapsed = 0;
  looks = 0;
});

const state = () => JSON.parse(world.store.text('state/shop.json') || '{}');
const pending = () => JSON.parse(world.store.text('pending/shop.json') || '{}');

/** Orders have this status and Retry-After, whatever they are, from the answer to newOrder on. */
function answerWith(more: Partial<Order>, isNewOrder = true): void {
  const { order, createOrder } = FakeAuthority.prototype;
  world.authority.order = async function asking(url) {
    looks += 1;
    return { ...(await order.call(this, url)), ...more };
  };
  if (isNewOrder)
    world.authority.createOrder = async function asking(request) {
      return { ...(await createOrder.call(this, request)), retryAfterMs: more.retryAfterMs };
    };
}
const restore = () => {
  const { order, createOrder, finalize, authorization } = FakeAuthority.prototype;
  Object.assign(world.authority, { order, createOrder, finalize, authorization });
};
/** Waiting costs no time. */
function renew(timeLeftMs?: () => number) {
  const runtime = {
    ...world.runtime,
    elapsed: () => elapsed,
    sleep: async (ms: number) => {
      elapsed += ms;
    },
  };
  const worker = { owner: 'run', signal: new AbortController().signal, ...(timeLeftMs && { timeLeftMs }) };
  return renewBatch({ ...world, runtime }, world.due(['shop']), worker);
}

describe('a CA that wants to be asked again later than the function runs', () => {
  it('is looked at once, and asked again when it said, with the same order and its proofs', async () => {
    answerWith({ status: 'pending', retryAfterMs: 6 * HOUR });
    const outcomes = await renew();
    expect(outcomes).toMatchObject([{ outcome: 'failed', reason: 'ca-asks-to-wait' }]);
    const message = expect.stringContaining(
      'is pending, and the CA wants to be asked again at 2026-11-20T08:00:00.000Z',
    );
    expect(outcomes).toMatchObject([{ message }]);
    expect(looks).toBe(1);
    expect(elapsed).toBeLessThan(5_000);
    expect(state()).toMatchObject({
      lastFailure: { reason: 'ca-asks-to-wait', message },
      notBefore: '2026-11-20T08:00:00.000Z',
    });
    expect(world.events.of('Certificate Renewal Failed')).toMatchObject([{ reason: 'ca-asks-to-wait' }]);
    expect(world.zones.all('TXT')).toHaveLength(2);
    restore();
    world.pass(6 * HOUR);
    expect(await renew()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.requests).toHaveLength(1);
    expect(world.zones.all('TXT')).toEqual([]);
  });

  it('is asked again within days, whatever it says, and that instant is told and kept', async () => {
    answerWith({ status: 'pending', retryAfterMs: 7_960 * 365 * 24 * HOUR });
    const again = '2026-11-27T02:00:00.000Z';
    const message = expect.stringMatching(new RegExp(`at 99\\d\\d-.*, and is asked at ${again}$`));
    expect(await renew()).toMatchObject([{ reason: 'ca-asks-to-wait', message }]);
    expect(state()).toMatchObject({ notBefore: again, lastFailure: { message } });
  });

  it('is not waited for where the function ends before that', async () => {
    answerWith({ status: 'pending', retryAfterMs: MINUTE });
    expect(await renew(() => MINUTE / 2)).toMatchObject([{ reason: 'ca-asks-to-wait' }]);
    expect(elapsed).toBeLessThan(5_000);
    expect(state().notBefore).toBe('2026-11-20T02:01:00.000Z');
  });

  it('is waited for where there is time', async () => {
    answerWith({ retryAfterMs: MINUTE });
    expect(await renew(() => 10 * MINUTE)).toMatchObject([{ outcome: 'renewed' }]);
    expect(elapsed).toBeGreaterThanOrEqual(MINUTE);
  });

  it('is asked at once where it is proved at the first look', async () => {
    answerWith({ retryAfterMs: 6 * HOUR });
    expect(await renew()).toMatchObject([{ outcome: 'renewed' }]);
    expect(elapsed).toBeLessThan(5_000);
  });

  it('is not believed where an authorization ended', async () => {
    answerWith({ status: 'pending', retryAfterMs: 6 * HOUR });
    let isAnswered = false;
    world.authority.before = (call) => {
      isAnswered ||= call === 'answerChallenge';
    };
    const { authorization } = FakeAuthority.prototype;
    world.authority.authorization = async function ended(url) {
      const known = await authorization.call(this, url);
      return { ...known, status: isAnswered ? 'deactivated' : known.status };
    };
    expect(await renew()).toMatchObject([
      { reason: 'order-not-valid', message: expect.stringContaining('www.example.com is deactivated') },
    ]);
    expect(pending()).toEqual({});
  });

  it('is asked for the certificate when it said, and gets no second order', async () => {
    const { finalize } = FakeAuthority.prototype;
    world.authority.finalize = async function slow(of, csr) {
      const order = await finalize.call(this, of, csr);
      answerWith({ status: 'processing', retryAfterMs: 2 * HOUR });
      return { ...order, status: 'processing' as const, retryAfterMs: 2 * HOUR };
    };
    expect(await renew()).toMatchObject([
      { reason: 'ca-asks-to-wait', message: expect.stringContaining('is processing') },
    ]);
    expect(looks).toBe(1);
    restore();
    world.pass(2 * HOUR);
    expect(await renew()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.issued).toHaveLength(1);
  });

  it('is not given up for it within the days that an order lives', async () => {
    answerWith({ status: 'pending', retryAfterMs: 12 * HOUR });
    for (let tries = 0; tries < 6; tries += 1) {
      await renew();
      world.pass(12 * HOUR);
    }
    expect(world.authority.requests).toHaveLength(1);
    restore();
    expect(await renew()).toMatchObject([{ outcome: 'renewed' }]);
  });
});

describe('a wait for an order', () => {
  it('that never ends says how long it was, and looks once more at its end', async () => {
    answerWith({ status: 'pending' });
    const outcomes = await renew();
    expect(outcomes).toMatchObject([
      { reason: 'wait-limit-reached', message: expect.stringContaining('within 180 s') },
    ]);
    expect(elapsed).toBe(180_000);
  });

  it.each(['expired', 'revoked', 'deactivated', 'invalid'] as const)(
    'ends within seconds where an authorization is %s',
    async (status) => {
      answerWith({ status: 'pending' });
      const { authorization } = FakeAuthority.prototype;
      world.authority.authorization = async function ended(url) {
        const known = await authorization.call(this, url);
        return { ...known, status: elapsed > 0 ? status : known.status };
      };
      expect(await renew()).toMatchObject([
        { reason: status === 'invalid' ? 'challenge-invalid' : 'order-not-valid' },
      ]);
      expect(elapsed).toBeLessThan(10_000);
      expect(pending()).toEqual({});
    },
  );

  it('ends where our challenge is invalid and its authorization stays pending', async () => {
    answerWith({ status: 'pending' });
    const { authorization } = FakeAuthority.prototype;
    world.authority.authorization = async function stuck(url) {
      const known = await authorization.call(this, url);
      if (elapsed === 0 || !known.challenge) return known;
      const problems = [{ reason: 'acme-caa' as const, message: 'CAA forbids (caa)', identifiers: [] }];
      return {
        ...known,
        status: 'pending' as const,
        challenge: { ...known.challenge, status: 'invalid' },
        problems,
      };
    };
    expect(await renew()).toMatchObject([
      {
        reason: 'acme-caa',
        message: expect.stringContaining('example.com, www.example.com: CAA forbids (caa)'),
      },
    ]);
    expect(elapsed).toBeLessThan(10_000);
    expect(world.zones.all('TXT')).toEqual([]);
  });
});

describe('a CA that refuses to be told of proofs', () => {
  const refuse = (words: (about: string) => string) => {
    world.authority.before = (call, about) => {
      if (call === 'answerChallenge') throw new AcmeError('acme-unauthorized', words(about));
    };
  };

  it('is told with the words for every name', async () => {
    refuse((about) => `no for ${about}`);
    const [outcome] = await renew();
    expect(outcome).toMatchObject({ reason: 'acme-unauthorized' });
    expect(outcome).toMatchObject({
      message: expect.stringMatching(/example\.com\/challenge; no for .*www\.example\.com/),
    });
  });

  it('has its order ordered anew where that ended meanwhile, with the reason that the CA has', async () => {
    refuse(() => 'authorization is not pending');
    const { authorization } = FakeAuthority.prototype;
    let reads = 0;
    world.authority.authorization = async function ended(url) {
      reads += 1;
      const known = await authorization.call(this, url);
      return reads > 2 ? { ...known, status: 'deactivated' } : known;
    };
    expect(await renew()).toMatchObject([
      { reason: 'order-not-valid', message: expect.stringContaining('example.com is deactivated') },
    ]);
    expect(pending()).toEqual({});
  });
});
