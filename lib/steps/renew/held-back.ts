import { type Hold, type HoldFacts, holdOf } from '../../core/hold.ts';

/** Due, and not to be ordered yet: nothing is wrong, and nothing was asked of the CA. */
export class HeldBackError extends Error {
  override readonly name = 'HeldBackError';
  readonly reason: Hold['reason'];

  constructor({ reason, message }: Hold) {
    super(message);
    this.reason = reason;
  }
}

/** Throws {@link HeldBackError} where an order has to wait. */
export function requireNoHold(facts: HoldFacts): void {
  const hold = holdOf(facts);
  if (hold) throw new HeldBackError(hold);
}
