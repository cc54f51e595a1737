import pMap from 'p-map';
import { describeError } from '../../foundation/common/describe-error.ts';
import type { RenewalDue } from '../../foundation/events/events.ts';
import type { CertificateAuthority } from '../ca/certificate-authority.ts';
import { refusalOf } from '../ca/refusal.ts';
import { isAccountLost } from '../ca/rules/account-lost.ts';
import type { Claim } from './claim.ts';
import { claimCertificate } from './claim-certificate.ts';
import type { RenewDeps } from './deps.ts';
import { type Dns, issue } from './issue.ts';
import { LearnedLimits } from './learned-limits.ts';
import { notRenewed, type RenewOutcome, renewed } from './outcome.ts';
import { AT_ONCE, type BatchDeps, type Claimed, type Committed, type RenewRun, runPhase } from './phases.ts';
import { forgetFailures, recordFailure, reportFailure } from './record-failure.ts';
import { repair } from './repair.ts';
import { requireOrderAllowed } from './rules/order-limit.ts';

interface Worker {
  /** Names the worker in claims. */
  owner: string;
  /** Fires when nothing new may be started. */
  signal: AbortSignal;
}

/**
 * Renews a batch. Certificates that waited because another one of the batch orders the same names come next, in passes that
 * get smaller, while there is time. What waits for another worker is left to the next scan.
 */
export async function renewBatch(deps: RenewDeps, due: RenewalDue, worker: Worker): Promise<RenewOutcome[]> {
  const outcomes = await renewPass(deps, due, worker);
  const waiting = outcomes.filter(({ reason }) => reason === 'same-order-in-flight').map(({ name }) => name);
  if (waiting.length === 0 || waiting.length >= outcomes.length || worker.signal.aborted) return outcomes;
  const certificates = due.certificates.filter(({ name }) => waiting.includes(name));
  const next = await renewBatch(deps, { ...due, certificates }, worker);
  return [...outcomes.filter(({ name }) => !waiting.includes(name)), ...next];
}

/**
 * One pass: phase by phase over all certificates. One that fails drops out with its own reason and the others continue. What
 * is open when the signal fires stays recorded for the next run.
 */
async function renewPass(
  given: RenewDeps,
  due: RenewalDue,
  { owner, signal }: Worker,
): Promise<RenewOutcome[]> {
  const begun = given.clock();
  const limits = await LearnedLimits.read(given, due.ca);
  const deps: BatchDeps = { ...given, ca: due.ca, zones: given.zonesOf(due.zoneRole), limits };
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
  const cleaned = new Set<Claim>();
  let committed: Committed[] = [];
  if (opened.status === 'fulfilled') {
    const [authority, zones] = opened.value;
    const run: RenewRun = { deps, authority, begun, signal, drop };
    committed = await issueAll(run, toRenew, { zones, cleaned, dropped });
  } else {
    for (const renewal of toRenew) drop(renewal, opened.reason);
  }
  await pMap(committed, (renewal) => settle(deps, renewal, cleaned), { concurrency: AT_ONCE });
  const failed = await pMap(dropped, ([renewal, error]) => recordFailure(deps, renewal, { error, cleaned }), {
    concurrency: AT_ONCE,
  });
  await limits.flushed();
  return [...outcomes, ...repaired, ...committed.map(renewed), ...failed];
}

/** Nothing is asked of a CA that wants to be left alone, or where the zones of a role cannot be listed. */
async function open(deps: BatchDeps, { ca, zoneRole, certificates }: RenewalDue) {
  const forced = certificates.some(({ reason }) => reason === 'forced');
  const account = { names: [], issued: [], resumes: true, ignoreBudget: true };
  requireOrderAllowed({ ...account, limits: deps.limits.known, forced, now: deps.clock() });
  const listing = deps.zones.list();
  if (zoneRole !== undefined) await listing;
  return Promise.all([deps.openAuthority(ca), listing]);
}

async function claimAll(deps: BatchDeps, due: RenewalDue, owner: string) {
  const claimed: Claimed[] = [];
  const outcomes: RenewOutcome[] = [];
  const claimOne = async (certificate: RenewalDue['certificates'][number]) => {
    try {
      claimed.push(
        await claimCertificate(deps, { ...certificate, zoneRole: due.zoneRole, ca: due.ca }, owner),
      );
    } catch (error) {
      const outcome = notRenewed(certificate.name, error);
      if (outcome.outcome === 'failed') await reportFailure(deps, certificate.name, refusalOf(error));
      outcomes.push(outcome);
    }
  };
  // A certificate named twice would be claimed twice: an equal claim of the same owner counts as written.
  const once = new Map(due.certificates.map((certificate) => [certificate.name, certificate]));
  await pMap(once.values(), claimOne, { concurrency: AT_ONCE });
  return { claimed, outcomes };
}

/** Issues; where the CA does not know our account any more, once again with another account for those that it refused. */
async function issueAll(
  run: RenewRun,
  toRenew: readonly Claimed[],
  { dropped, ...dns }: Dns & { dropped: Map<Claimed, unknown> },
): Promise<Committed[]> {
  const committed = await issue(run, toRenew, dns);
  const refused = [...dropped].flatMap(([renewal, error]) =>
    isAccountLost(describeError(error)) ? [renewal] : [],
  );
  if (refused.length === 0) return committed;
  const authority = await replaceAccount(run, refused);
  if (!authority) return committed;
  for (const renewal of refused) dropped.delete(renewal);
  // From the pre-check on, so that CAA names the new account before anything is ordered.
  return [...committed, ...(await issue({ ...run, authority }, refused, dns))];
}

async function replaceAccount(
  { deps, authority, drop }: RenewRun,
  refused: readonly Claimed[],
): Promise<CertificateAuthority | undefined> {
  const { directoryUrl, accountUrl } = authority;
  try {
    const next = await deps.openAuthority(directoryUrl, { lost: accountUrl });
    deps.warn(`the account ${accountUrl} is gone; ${next.accountUrl} takes its place`);
    return next;
  } catch (error) {
    for (const renewal of refused) drop(renewal, error);
    return undefined;
  }
}

/** Ends a renewed certificate's claim, and forgets earlier failures. */
async function settle(
  deps: RenewDeps,
  { claim, state, name }: Committed,
  cleaned: ReadonlySet<Claim>,
): Promise<void> {
  try {
    if (state) await forgetFailures(deps, name);
    await (cleaned.has(claim) ? claim.release() : claim.leaveForLater());
  } catch (error) {
    deps.warn(`could not end the claim on ${name}: ${describeError(error).message}`);
  }
}
