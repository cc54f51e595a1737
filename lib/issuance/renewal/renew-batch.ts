import { describeError } from '../../foundation/common/describe-error.ts';
import type { RenewalDue } from '../../foundation/events/events.ts';
import { refusalOf } from '../ca/refusal.ts';
import { isAccountLost } from '../ca/rules/account-lost.ts';
import { claimCertificate } from './claim-certificate.ts';
import { orWarn, type RenewDeps } from './deps.ts';
import { issue } from './issue.ts';
import { learnedLimits } from './learned-limits.ts';
import { isReported, notRenewed, type RenewOutcome, renewed } from './outcome.ts';
import {
  type BatchDeps,
  type Claimed,
  type Committed,
  inParallel,
  type RenewRun,
  runPhase,
} from './phases.ts';
import { pinnedOnce } from './read-pin.ts';
import { updateState } from './read-state.ts';
import { recordFailure, reportFailure } from './record-failure.ts';
import { repair } from './repair.ts';
import { isRepair } from './rules/decide-renewal.ts';
import { requireOrderAllowed } from './rules/order-limit.ts';
import { rememberSuccess } from './rules/state.ts';

interface Worker {
  /** Names the worker in claims. */
  owner: string;
  /** Fires when nothing new may be started. */
  signal: AbortSignal;
  /** Milliseconds until then; absent where that is not known. */
  timeLeftMs?: () => number;
}

/**
 * Renews a batch. Certificates that waited because another one of the batch orders the same names follow in smaller passes,
 * while there is time. Those that wait for another worker are left to the next scan.
 */
export async function renewBatch(deps: RenewDeps, due: RenewalDue, worker: Worker): Promise<RenewOutcome[]> {
  const outcomes = await renewPass(deps, due, worker);
  const waiting = outcomes.filter(({ reason }) => reason === 'same-order-in-flight').map(({ name }) => name);
  if (waiting.length === 0 || waiting.length >= outcomes.length || worker.signal.aborted) return outcomes;
  const certificates = due.certificates.filter(({ name }) => waiting.includes(name));
  const next = await renewBatch(deps, { ...due, certificates }, worker);
  return [...outcomes.filter(({ name }) => !waiting.includes(name)), ...next];
}

/** One pass: claims, repairs, issues, and ends every claim. What is open when the signal fires stays recorded. */
async function renewPass(
  given: RenewDeps,
  due: RenewalDue,
  { owner, signal, timeLeftMs }: Worker,
): Promise<RenewOutcome[]> {
  const begun = given.clock();
  const limits = learnedLimits(given, due.ca);
  const zones = given.zonesOf(due.zoneRole);
  const deps: BatchDeps = { ...given, ca: due.ca, zones, limits, pinned: pinnedOnce(given.store) };
  const opening = Promise.allSettled([open(deps, due)]);
  const { claimed, outcomes } = await claimAll(deps, due, owner);
  const dropped = new Map<Claimed, unknown>();
  const drop = (renewal: Claimed, error: unknown) => {
    dropped.set(renewal, error);
    limits.learn(refusalOf(error), renewal.wanted.names);
  };
  const toRepair = claimed.filter(({ action }) => action === 'mend');
  const repaired = await runPhase({ drop }, toRepair, (renewal) => repair(deps, renewal));
  const toRenew = claimed.filter(({ action }) => action === 'renew');
  const [opened] = await opening;
  let committed: Committed[] = [];
  if (opened.status === 'fulfilled')
    committed = await issueAll({ ...opened.value, deps, begun, signal, timeLeftMs, drop }, toRenew, dropped);
  else for (const renewal of toRenew) drop(renewal, opened.reason);
  await inParallel(committed, (renewal) => settle(deps, renewal));
  const failed = await inParallel(dropped, ([renewal, error]) => recordFailure(deps, renewal, error));
  await limits.stored();
  return [...outcomes, ...repaired, ...committed.map(renewed), ...failed];
}

/** Fails before anything is asked of a CA that limits the account, or when a role's zones cannot be listed. */
async function open(deps: BatchDeps, { ca, zoneRole, certificates }: RenewalDue) {
  const forced = certificates.some(({ reason }) => reason === 'forced');
  const account = { names: [], issued: [], resumes: true, ignoreBudget: true };
  await deps.limits.read;
  requireOrderAllowed({ ...account, limits: deps.limits.known(), forced, now: deps.clock() });
  const listing = deps.zones.list();
  if (zoneRole !== undefined) await listing;
  const [authority, hostedZones] = await Promise.all([deps.openAuthority(ca), listing]);
  return { authority, hostedZones };
}

async function claimAll(deps: BatchDeps, { certificates, zoneRole, ca }: RenewalDue, owner: string) {
  const claimed: Claimed[] = [];
  const outcomes: RenewOutcome[] = [];
  // A certificate named twice would be claimed twice: an equal claim of the same owner counts as written.
  const once = new Map(certificates.map((certificate) => [certificate.name, certificate]));
  await inParallel(once.values(), async (certificate) => {
    try {
      claimed.push(await claimCertificate(deps, { ...certificate, zoneRole, ca }, owner));
    } catch (error) {
      const outcome = notRenewed(certificate.name, error);
      const repair = isRepair(certificate.reason) ? certificate.reason : undefined;
      const forced = certificate.reason === 'forced';
      // How long the live one lasts was perhaps not read.
      const neededBy = repair === undefined ? deps.clock().toISOString() : undefined;
      const failure = { ...refusalOf(error), repair, forced, neededBy };
      if (isReported(outcome, forced) && !(await reportFailure(deps, certificate.name, failure)))
        outcome.untold = true;
      outcomes.push(outcome);
    }
  });
  return { claimed, outcomes };
}

/** Issues; if the CA has lost our account, issues once more with a new account what was refused for that. */
async function issueAll(
  run: RenewRun,
  toRenew: readonly Claimed[],
  dropped: Map<Claimed, unknown>,
): Promise<Committed[]> {
  const committed = await issue(run, toRenew);
  const isRefused = (renewal: Claimed) => isAccountLost(describeError(dropped.get(renewal)));
  const refused = [...dropped.keys()].filter(isRefused);
  if (refused.length === 0) return committed;
  const { deps, drop } = run;
  const { directoryUrl, accountUrl } = run.authority;
  const authority = await deps.openAuthority(directoryUrl, { lost: accountUrl }).catch((error) => {
    for (const renewal of refused) drop(renewal, error);
  });
  if (!authority) return committed;
  deps.warn(`the account ${accountUrl} is gone; ${authority.accountUrl} takes its place`);
  for (const renewal of refused) dropped.delete(renewal);
  // From the pre-check on, so that CAA names the new account before anything is ordered.
  return [...committed, ...(await issue({ ...run, authority }, refused))];
}

/** Ends a renewed certificate's claim, and forgets earlier failures. */
async function settle(deps: RenewDeps, { claim, state, stateRead: read, name }: Committed): Promise<void> {
  const now = deps.clock();
  await orWarn(deps, `could not end the claim on ${name}`, async () => {
    if (state)
      await updateState(deps.store, { name, now, read }, (before) => before && rememberSuccess(before, now));
    await (claim.recorded.records.length === 0 ? claim.release() : claim.leaveForLater());
  });
}
