import { beforeEach, describe, expect, it } from 'vitest';
import { AcmeError, type Order } from '../../../lib/issuance/ca/certificate-authority.ts';
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
    expect(JSON.parse(world.store.text('limits/ca.test.json')).limits).toMatchObject([
      { scope: 'exact-set' },
    ]);
  });

  it('is told as such where the CA gives none', async () => {
    answerWith({ status: 'invalid' }, 'finalize');
    expect(await shop()).toMatchObject([
      { reason: 'order-not-valid', message: expect.stringContaining('it gives no reason') },
    ]);
    expect(pending()).toEqual({});
  });
});
