import { refusalOf } from '../ca/refusal.ts';
import { rememberCaTrouble } from '../ca/rules/ca-trouble.ts';
import { orWarn, type RenewDeps } from './deps.ts';
import { isReported, notRenewed, type RenewOutcome } from './outcome.ts';
import type { BatchDeps, Claimed } from './phases.ts';
import { updateState } from './read-state.ts';
import { orderAfter } from './rules/claim-record.ts';
import { isAboutToBeRevoked } from './rules/decide-renewal.ts';
import { type Failure, failuresOf, rememberFailure } from './rules/state.ts';

/**
 * Remembers why a certificate dropped out, and ends the claim on it. An order that can be resumed, and what is left in the
 * DNS, stay recorded for the next run. What failed before the CA was asked about the order counts nothing against it.
 */
export async function recordFailure(
  deps: BatchDeps,
  { claim, name, action, live, state, reason: asked }: Claimed,
  error: unknown,
): Promise<RenewOutcome> {
  const { order: recorded } = claim.recorded;
  const outcome = notRenewed(name, error);
  const unasked = { order: recorded, givenUp: false };
  const { order, givenUp } = claim.orderAsked ? orderAfter(recorded, refusalOf(error)) : unasked;
  if (givenUp) claim.issuedAt = deps.clock();
  if (givenUp) outcome.message += `; order ${recorded?.url} is given up, the next try orders anew`;
  const { message, reason } = outcome;
  const now = deps.clock();
  const isUrgent = asked === 'revoked' || isAboutToBeRevoked({ live: live?.pointer, state, now });
  const neededBy = isUrgent ? now.toISOString() : live?.pointer.notAfter;
  // A repair asks no CA.
  const of = action === 'mend' ? { repair: asked } : { ca: deps.ca, neededBy };
  const forced = asked === 'forced';
  if (isReported(outcome, forced)) {
    const failure = { ...refusalOf(error), message, givenUp, forced, ...of };
    if (!(await reportFailure(deps, name, failure))) outcome.untold = true;
  }
  if (reason === 'claimed-elsewhere') return outcome;
  const isLeft = order !== undefined || claim.recorded.records.length > 0;
  await orWarn(deps, `could not give back the claim on ${name}`, () =>
    isLeft ? claim.leaveForLater({ order }) : claim.release(),
  );
  return outcome;
}

/**
 * Remembers a failure in `state/<name>.json` and reports it on the bus; `ca` is the CA that was being asked. Resolves to whether
 * both were done.
 */
export async function reportFailure(
  { store, clock, events, warn }: RenewDeps,
  name: string,
  { ca, forced = false, ...failure }: Failure & { ca?: string; forced?: boolean },
): Promise<boolean> {
  const { reason, message, retryAfterMs } = failure;
  const told = await orWarn({ warn }, `could not remember the failure of ${name} (${reason})`, async () => {
    const now = clock();
    const state = await updateState(store, { name, now }, (before) => ({
      ...rememberFailure(before, failure, now),
      ...(ca !== undefined && {
        lastCa: ca,
        cas: rememberCaTrouble(before?.cas, { ca, reason, retryAfterMs }, now),
      }),
    }));
    const { failures = 0, notBefore } = failuresOf(state, failure.repair) ?? {};
    const detail = { name, reason, message, failures, notBefore, ...(forced && { forced }) };
    await events.publish([{ type: 'Certificate Renewal Failed', detail }]);
    return true;
  });
  return told === true;
}
