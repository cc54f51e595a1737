import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CertificateAuthority, Order } from '../../lib/issuance/ca/certificate-authority.ts';
import { CaProxy } from '../../local/pebble/ca-proxy.ts';
import { problem } from '../faults/answers.ts';
import { accountAt, type Ca, startCa } from './ca-fixture.ts';

let ca: Ca;
let proxy: CaProxy;

beforeAll(async () => {
  ca = await startCa();
  proxy = await CaProxy.start(ca.pebble);
});

afterAll(async () => {
  await proxy?.stop();
  await ca?.pebble.stop();
});

async function ready(authority: CertificateAuthority, { url }: Order): Promise<Order> {
  let order = await authority.order(url);
  while (order.status === 'pending') {
    await sleep(20);
    order = await authority.order(url);
  }
  return order;
}

it('answers a challenge again, as when the answer to the first time was lost', async () => {
  const { authority } = ca;
  const order = await authority.createOrder({ names: ['again.example.com'] });
  const { challenge } = await authority.authorization(order.authorizations[0] ?? '');
  await authority.answerChallenge(challenge?.url ?? '');
  await ready(authority, order);
  await authority.answerChallenge(challenge?.url ?? '');
  expect((await authority.order(order.url)).status).toBe('ready');
});

it.each([
  ['while the CA works on the first answer (Boulder: 409)', 'conflict', 409],
  ['that is no longer pending', 'malformed', 400],
])('answers a challenge again %s', async (_, type, status) => {
  const authority = await accountAt(proxy.directoryUrl);
  const order = await authority.createOrder({ names: [`${type}.example.com`] });
  const { challenge } = await authority.authorization(order.authorizations[0] ?? '');
  await authority.answerChallenge(challenge?.url ?? '');
  if (type === 'malformed') await ready(authority, order);
  const remove = proxy.faults.add({
    action: 'challenge',
    effect: { kind: 'answer', response: problem(type, { status }) },
  });
  await authority.answerChallenge(challenge?.url ?? '');
  expect(remove()).toBe(1);
  expect((await ready(authority, order)).status).toBe('ready');
});
