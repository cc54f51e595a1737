import { describeError } from '../../foundation/common/describe-error.ts';
import { refusalOf } from '../ca/refusal.ts';
import type { Claim } from './claim.ts';
import type { RenewDeps } from './deps.ts';
import { notRenewed, type RenewOutcome } from './outcome.ts';
import type { BatchDeps, Claimed } from './phases.ts';
import { updateState } from './read-state.ts';
import { orderAfter } from './rules/order-after.ts';
import { type Failure, rememberCa, rememberFailure, rememberSuccess } from './rules/state.ts';

interface Dropped {
  error: unknown;
  /** Whose records are all gone from the DNS again. */
  cleaned: ReadonlySet<Claim>;
}

/**
 * Remembers why a certificate dropped out, and ends the claim on it; an order that is worth it, and what is left in the DNS,
 * stays recorded for the next run.
 */
export async function recordFailure(
  deps: BatchDeps,
  { claim, name }: Claimed,
  { error, cleaned }: Dropped,
): Promise<RenewOutcome> {
  const recorded = claim.recorded.order;
  const told = notRenewed(name, error);
  const { order, givenUp } = orderAfter(recorded, told.reason);
  const outcome = givenUp
    ? { ...told, message: `${told.message}; order ${recorded?.url} is given up, the next try orders anew` }
    : told;
  if (outcome.outcome === 'failed')
    await reportFailure(deps, name, { ...refusalOf(error), message: outcome.message, givenUp, ca: deps.ca });
  try {
    const isLeft = order !== undefined || (claim.recorded.records.length > 0 && !cleaned.has(claim));
    if (outcome.reason !== 'claimed-elsewhere')
      await (isLeft ? claim.leaveForLater({ order }) : claim.release());
  } catch (trouble) {
    deps.warn(`could not give back the claim on ${name}: ${describeError(trouble).message}`);
  }
  return outcome;
}

/** A failure, with the CA that was being asked. */
type Told = Failure & { ca?: string };

/** Remembers a failure in `state/<name>.json` and says so on the bus. */
export async function reportFailure(deps: RenewDeps, name: string, failure: Told): Promise<void> {
  const { reason, message, ca, retryAfterMs } = failure;
  try {
    const now = deps.clock();
    const { failures, notBefore } = await updateState(deps.store, name, (before) => ({
      ...rememberFailure(before, failure, now),
      ...(ca !== undefined && rememberCa(before, { ca, reason, retryAfterMs }, now)),
    }));
    const detail = { name, reason, message, failures, notBefore };
    await deps.events.publish([{ type: 'Certificate Renewal Failed', detail }]);
  } catch (trouble) {
    deps.warn(`could not remember the failure of ${name} (${reason}): ${describeError(trouble).message}`);
  }
}

/** Forgets the failures of a certificate that was renewed. */
export async function forgetFailures({ store, clock }: RenewDeps, name: string): Promise<void> {
  await updateState(store, name, (before) => before && rememberSuccess(before, clock()));
}
