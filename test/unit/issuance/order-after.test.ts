import { expect, it } from 'vitest';
import type { Reason } from '../../../lib/foundation/reasons/reasons.ts';
import { orderAfter } from '../../../lib/issuance/renewal/rules/claim-record.ts';

const order = { url: 'https://ca.test/order/1', key: 'k', request: 'r' };
const refusedOnce = { ...order, refusals: 1 };
const tried = (tries: number) => ({ ...order, tries });

type Order = Parameters<typeof orderAfter>[0];
const ended = (reason: Reason) => ({ reason, orderEnded: true });

it.each<[string, Order, Reason | ReturnType<typeof ended>, Order, boolean]>([
  ['is resumed after trouble on the way', order, 'ca-unreachable', order, false],
  ['is resumed after a failed write', order, 'store-unavailable', order, false],
  ['is tried again', order, 'ca-unavailable', tried(1), false],
  ['is tried again after an answer that cannot be read', order, 'ca-answer-malformed', tried(1), false],
  ['is tried again, and counted', tried(2), 'acme-server-internal', tried(3), false],
  ['is given up after so many tries', tried(3), 'acme-server-internal', undefined, true],
  ['that never ends is given up', tried(3), 'wait-limit-reached', undefined, true],
  ['is not given up for a CA that cannot be reached', tried(3), 'ca-unreachable', tried(3), false],
  ['is resumed until its certificate is valid', order, 'not-yet-valid', order, false],
  ['is over when a proof was refused', order, ended('challenge-invalid'), undefined, false],
  ['is over when the CA ended it', order, ended('order-not-valid'), undefined, false],
  ["is over when the CA ended it for a reason of the CA's", order, ended('acme-caa'), undefined, false],
  ['is asked once more for its certificate', order, 'chain-malformed', refusedOnce, false],
  ['is given up at the second refusal', refusedOnce, 'key-mismatch', undefined, true],
  ['is none when there was none', undefined, 'key-mismatch', undefined, false],
])('an order %s', (_, before, reason, after, givenUp) => {
  const refusal = typeof reason === 'string' ? { reason } : reason;
  expect(orderAfter(before, refusal)).toEqual({ order: after, givenUp });
});
