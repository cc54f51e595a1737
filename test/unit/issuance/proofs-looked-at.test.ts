import { beforeEach, describe, expect, it } from 'vitest';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { renewBatch } from '../../../lib/issuance/renewal/renew-batch.ts';
import { FakeAuthority } from '../../fakes/fake-authority.ts';
import { makeWorld, type World } from './renewal-world.ts';

const MINUTE = 60_000;
let world: World;
let runs = 0;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com'], { caa: { mode: 'off' } });
  await world.want('other', ['www.example.com'], { caa: { mode: 'off' } });
});

const proofs = () => world.zones.all('TXT').map(({ name }) => name);
const SHOP = '_acme-challenge.example.com';

/** Renews both; waiting costs no time, and the time of the function ends after `endsAfterMs` of it. */
async function renew({ endsAfterMs = Number.POSITIVE_INFINITY } = {}) {
  let elapsed = 0;
  const controller = new AbortController();
  const sleep = async (ms: number, stopping: AbortSignal) => {
    elapsed += ms;
    if (elapsed >= endsAfterMs) controller.abort();
    stopping.throwIfAborted();
  };
  const runtime = { ...world.runtime, elapsed: () => elapsed, sleep };
  const worker = { owner: `run-${runs++}`, signal: controller.signal };
  return renewBatch({ ...world, runtime }, world.due(['shop', 'other']), worker);
}
/** The name servers do not show what is written. */
async function renewWithoutDns(): Promise<void> {
  const { txtFrom } = world.resolver;
  world.resolver.txtFrom = async () => [];
  expect(await renew()).toContainEqual(expect.objectContaining({ reason: 'wait-limit-reached' }));
  Object.assign(world.resolver, { txtFrom });
}
/** The CA looks at the proof of `shop` until this is called. */
function looksFor(shop: string): () => void {
  const { order, authorization } = FakeAuthority.prototype;
  world.authority.order = async function looking(url) {
    const known = await order.call(this, url);
    const isShop = known.authorizations.some((of) => of.endsWith(`/${shop}`));
    return isShop ? { ...known, status: 'pending' as const } : known;
  };
  world.authority.authorization = async function looking(url) {
    const known = await authorization.call(this, url);
    return known.identifier === shop ? { ...known, status: 'pending' as const } : known;
  };
  return () => Object.assign(world.authority, { order, authorization });
}
async function expectResumed(): Promise<void> {
  expect(proofs()).toEqual([SHOP]);
  expect(world.store.text('pending/shop.json')).toContain(SHOP);
  world.pass(20 * MINUTE);
  expect(await renew()).toContainEqual(expect.objectContaining({ name: 'shop', outcome: 'renewed' }));
  expect(world.authority.requests).toHaveLength(2);
  expect(proofs()).toEqual([]);
  expect(world.store.keys()).not.toContain('pending/shop.json');
}

describe('while the CA may look, the proof stays for whoever goes on', () => {
  it.each([
    ['the time of the function ends', 'out-of-time', { endsAfterMs: 20_000 }],
    ['it looks too long', 'wait-limit-reached', {}],
  ])('when %s', async (_, reason, time) => {
    const looked = looksFor('example.com');
    const outcomes = await renew(time);
    expect(outcomes).toContainEqual(expect.objectContaining({ name: 'shop', reason }));
    expect(outcomes).toContainEqual(expect.objectContaining({ name: 'other', outcome: 'renewed' }));
    looked();
    await expectResumed();
  });

  it.each([
    ['does not say how far it is', 'order'],
    ['gets an answer and does not say so', 'answerChallenge'],
  ])('when it %s', async (_, at) => {
    const { before } = world.authority;
    world.authority.before = async (call, about) => {
      if (call === at && !about.includes('/2') && !about.includes('www'))
        throw new AcmeError('ca-unavailable', 'HTTP 503');
    };
    await renew();
    Object.assign(world.authority, { before });
    await expectResumed();
  });

  it.each([
    ['and it still looks', 'pending'],
    ['and it does not say whether it looks', 'silent'],
  ])('when the proof of another name is refused, %s', async (_, how) => {
    await world.want('shop', ['example.com', 'api.example.com'], { caa: { mode: 'off' } });
    const { authorization } = FakeAuthority.prototype;
    let isAnswered = false;
    world.authority.before = (call) => {
      isAnswered ||= call === 'answerChallenge';
    };
    world.authority.authorization = async function refusing(url) {
      const known = await authorization.call(this, url);
      if (how === 'silent' && isAnswered && known.identifier === 'example.com')
        throw new AcmeError('ca-unavailable', 'HTTP 503');
      const [api, shop] = ['api.example.com', 'example.com'].map((name) => known.identifier === name);
      return { ...known, status: shop ? 'pending' : api && isAnswered ? 'invalid' : known.status };
    };
    const { order } = FakeAuthority.prototype;
    world.authority.order = async function invalid(url) {
      const known = await order.call(this, url);
      return known.authorizations.length === 2 ? { ...known, status: 'invalid' as const } : known;
    };
    expect(await renew()).toContainEqual(expect.objectContaining({ reason: 'challenge-invalid' }));
    expect(proofs()).toContain(SHOP);
    expect(world.store.text('pending/shop.json')).not.toContain('order/');
    Object.assign(world.authority, { authorization, order });
    world.pass(20 * MINUTE);
    expect(await renew()).toContainEqual(expect.objectContaining({ name: 'shop', outcome: 'renewed' }));
    expect(proofs()).toEqual([]);
  });

  it('when a later run ends before it has answered again', async () => {
    const looked = looksFor('example.com');
    await renew({ endsAfterMs: 20_000 });
    world.pass(20 * MINUTE);
    await renewWithoutDns();
    looked();
    await expectResumed();
  });
});

describe('a proof that the CA does not look at is removed', () => {
  it('when it refuses to be told of it', async () => {
    world.authority.before = (call, about) => {
      if (call === 'answerChallenge' && !about.includes('www'))
        throw new AcmeError('acme-unauthorized', 'no');
    };
    await renew();
    expect(proofs()).toEqual([]);
  });

  it('when it was never told of it', async () => {
    await renewWithoutDns();
    expect(world.authority.requests).toHaveLength(2);
    expect(proofs()).toEqual([]);
  });
});
