import { orderAfter } from '../../core/order-after.ts';
import { oneLineOf, refusalOf } from '../failure.ts';
import type { BatchDeps, Claimed } from './context.ts';
import type { Lease } from './lease.ts';
import { notRenewed, type RenewOutcome } from './outcome.ts';
import { tellFailure } from './remember.ts';
import { TrialError } from './try-at-staging.ts';

interface Dropped {
  error: unknown;
  /** Whose records are all gone from the DNS again. */
  cleaned: ReadonlySet<Lease>;
}

/**
 * Remembers why a certificate dropped out, and ends the claim on it; an order that is worth it, and what is left in the DNS,
 * stays recorded for the next run.
 */
export async function giveUp(
  deps: BatchDeps,
  { lease, name }: Claimed,
  { error, cleaned }: Dropped,
): Promise<RenewOutcome> {
  const recorded = lease.pending.order;
  const told = notRenewed(name, error);
  // A trial at staging says nothing of an order at the CA itself.
  const isTrial = error instanceof TrialError;
  const { order, givenUp } = isTrial
    ? { order: recorded, givenUp: false }
    : orderAfter(recorded, told.reason);
  const outcome = givenUp
    ? { ...told, message: `${told.message}; order ${recorded?.url} is given up, the next try orders anew` }
    : told;
  if (outcome.outcome === 'failed')
    await tellFailure(deps, name, { ...refusalOf(error), message: outcome.message, givenUp, ca: deps.ca });
  try {
    const isLeft = order !== undefined || (lease.pending.records.length > 0 && !cleaned.has(lease));
    if (outcome.reason !== 'claimed-elsewhere')
      await (isLeft ? lease.leaveForLater({ order }) : lease.release());
  } catch (trouble) {
    deps.warn(`could not give back the claim on ${name}: ${oneLineOf(trouble).message}`);
  }
  return outcome;
}
