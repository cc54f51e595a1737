import type { ClaimRecord } from './claim-record.ts';

type Recorded = ClaimRecord['order'];

/** A certificate that is refused twice is not going to be right the third time; once may be the way it came. */
const MOST_REFUSALS = 2;
const REFUSED = ['chain-malformed', 'key-mismatch', 'names-mismatch', 'already-expired', 'expires-earlier'];
/** RFC 8555, 7.1.6: nothing leads out of `invalid`. */
const ENDED = ['challenge-invalid', 'order-not-valid'];

/**
 * What stays recorded of an order after a failure. One that is kept is gone on with by the next try; `givenUp` says that its
 * certificate was issued for nothing.
 */
export function orderAfter(order: Recorded, reason: string): { order: Recorded; givenUp: boolean } {
  if (!order || ENDED.includes(reason)) return { order: undefined, givenUp: false };
  if (!REFUSED.includes(reason)) return { order, givenUp: false };
  const refusals = (order.refusals ?? 0) + 1;
  return refusals < MOST_REFUSALS
    ? { order: { ...order, refusals }, givenUp: false }
    : { order: undefined, givenUp: true };
}
