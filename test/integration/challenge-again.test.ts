import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Ca, startCa } from './ca-fixture.ts';

let ca: Ca;

beforeAll(async () => {
  ca = await startCa();
});

afterAll(() => ca?.pebble.stop());

it('answers a challenge again, as when the answer to the first time was lost', async () => {
  const { authority } = ca;
  let order = await authority.createOrder({ names: ['again.example.com'] });
  const { challenge } = await authority.authorization(order.authorizations[0] ?? '');
  await authority.answerChallenge(challenge?.url ?? '');
  while (order.status === 'pending') {
    await sleep(20);
    order = await authority.order(order.url);
  }
  await authority.answerChallenge(challenge?.url ?? '');
  expect((await authority.order(order.url)).status).toBe('ready');
});
