import { isOfKind, type Reason } from '../../../foundation/reasons/reasons.ts';
import type { ClaimRecord } from './claim-record.ts';

type Recorded = ClaimRecord['order'];

/** A certificate that is refused twice is not going to be right the third time; once may be the way it came. */
const MOST_REFUSALS = 2;

/**
 * What stays recorded of an order after a failure. One that is kept is gone on with by the next try; `givenUp` says that its
 * certificate was issued for nothing.
 */
export function orderAfter(order: Recorded, reason: Reason): { order: Recorded; givenUp: boolean } {
  if (!order || isOfKind(reason, 'order-ended')) return { order: undefined, givenUp: false };
  if (!isOfKind(reason, 'wrong-certificate')) return { order, givenUp: false };
  const refusals = (order.refusals ?? 0) + 1;
  return refusals < MOST_REFUSALS
    ? { order: { ...order, refusals }, givenUp: false }
    : { order: undefined, givenUp: true };
}
