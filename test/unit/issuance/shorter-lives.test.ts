import { expect, it } from 'vitest';
import type { Reason } from '../../../lib/foundation/reasons/reasons.ts';
import { makeWorld } from './renewal-world.ts';

const DAY = 86_400_000;

/** A live certificate of 64 days, whose CA issues others by now, and a renewal after so many days. */
async function renewAfter(days: number, { reason, lifetimeDays }: { reason: Reason; lifetimeDays: number }) {
  const world = await makeWorld();
  await world.want('shop', ['example.com']);
  world.authority.lifetimeDays = 64;
  await world.renew(world.due(['shop']));
  const before = world.live('shop');
  world.authority.lifetimeDays = lifetimeDays;
  world.pass(days * DAY);
  const suggested = { certId: before.certId, at: new Date(world.clock()).toISOString() };
  if (reason === 'suggested-window') await world.store.put('state/shop.json', JSON.stringify({ suggested }));
  const outcomes = await world.renew(world.due(['shop'], { reason, replacing: before.version }));
  return { outcomes, isNew: world.live('shop').version !== before.version };
}

it('what its CA suggests early is taken, although the CA issues shorter lives by now', async () => {
  const renewed = await renewAfter(14, { reason: 'suggested-window', lifetimeDays: 45 });
  expect(renewed).toMatchObject({ outcomes: [{ outcome: 'renewed' }], isNew: true });
});

it('what expires no later than the live one is left where age is the only reason', async () => {
  const renewed = await renewAfter(44, { reason: 'expires-soon', lifetimeDays: 6 });
  expect(renewed).toMatchObject({
    outcomes: [{ outcome: 'failed', reason: 'expires-earlier' }],
    isNew: false,
  });
  const longer = await renewAfter(44, { reason: 'expires-soon', lifetimeDays: 45 });
  expect(longer).toMatchObject({ outcomes: [{ outcome: 'renewed' }], isNew: true });
});
