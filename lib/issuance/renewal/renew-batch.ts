import pMap from 'p-map';
import { oneLineOf } from '../../foundation/common/describe-error.ts';
import { SECOND } from '../../foundation/common/durations.ts';
import type { RenewalDue } from '../../foundation/events/events.ts';
import { refusalOf } from '../ca/refusal.ts';
import { zoneFinder } from '../dns/find-zone.ts';
import type { HostedZone } from '../dns/rules/hosted-zones.ts';
import { withAccountAnew } from './account-anew.ts';
import { seenInDns } from './await-propagation.ts';
import { claim } from './claim.ts';
import { commit, writeCopies } from './commit.ts';
import type { RenewDeps } from './deps.ts';
import { finalize } from './finalize.ts';
import { issuerFinder } from './find-issuers.ts';
import { KeptLimits } from './kept-limits.ts';
import type { Lease } from './lease.ts';
import { order } from './order.ts';
import { factsOf, notRenewed, type RenewOutcome, renewed } from './outcome.ts';
import {
  type BatchDeps,
  type Checked,
  type Claimed,
  type Committed,
  type Ordered,
  type RenewRun,
  runPhase,
} from './phases.ts';
import { preCheck } from './pre-check.ts';
import { prove } from './prove.ts';
import { cleanUp, leftRecords, publish } from './publish.ts';
import { forgetFailures, giveUp, tellFailure } from './record-failure.ts';
import { mend } from './repair.ts';
import { requireNoHold } from './rules/hold.ts';
import { TrialError, tryAtStaging } from './try-at-staging.ts';

const AT_ONCE = 16;

/**
 * Renews a batch, phase by phase over all its certificates; one that fails drops out with its own reason and the others go
 * on. What is open when the signal fires stays recorded for the next run.
 */
export async function renewBatch(
  given: RenewDeps,
  due: RenewalDue,
  { owner, signal }: { owner: string; signal: AbortSignal },
): Promise<RenewOutcome[]> {
  const begun = given.clock();
  const limits = await KeptLimits.read(given, due.ca);
  const deps: BatchDeps = { ...given, ca: due.ca, zones: given.zonesOf(due.zoneRole), limits };
  const opening = Promise.allSettled([open(deps, due)]);
  const { claimed, outcomes } = await claimAll(deps, due, owner);
  const dropped = new Map<Claimed, unknown>();
  const drop = (renewal: Claimed, error: unknown) => {
    dropped.set(renewal, error);
    if (!(error instanceof TrialError)) limits.learn(refusalOf(error), renewal.wanted.names);
  };
  const toMend = claimed.filter(({ action }) => action === 'mend');
  const mended = await runPhase({ drop }, toMend, (renewal) => mend(deps, renewal));
  const toRenew = claimed.filter(({ action }) => action === 'renew');
  const [opened] = await opening;
  const cleaned = new Set<Lease>();
  let committed: Committed[] = [];
  if (opened.status === 'fulfilled') {
    const [authority, zones] = opened.value;
    const run: RenewRun = { deps, authority, begun, signal, drop };
    committed = await issue(run, toRenew, { zones, cleaned });
    const again = await withAccountAnew(run, dropped);
    if (again) committed.push(...(await issue(again.run, again.renewals, { zones, cleaned })));
  } else {
    for (const renewal of toRenew) drop(renewal, opened.reason);
  }
  await pMap(committed, (renewal) => settle(deps, renewal, cleaned), { concurrency: AT_ONCE });
  const failed = await pMap(dropped, ([renewal, error]) => giveUp(deps, renewal, { error, cleaned }), {
    concurrency: AT_ONCE,
  });
  await limits.kept();
  return [...outcomes, ...mended, ...committed.map(renewed), ...failed];
}

/** The CA is not asked for anything where it wants to be left alone, or the zones of a role cannot be asked. */
async function open(deps: BatchDeps, { ca, zoneRole, certificates }: RenewalDue) {
  const forced = certificates.some(({ reason }) => reason === 'forced');
  const account = { names: [], issued: [], goesOn: true, ignoreBudget: true };
  requireNoHold({ ...account, limits: deps.limits.known, forced, now: deps.clock() });
  const listing = deps.zones.list();
  if (zoneRole !== undefined) await listing;
  return Promise.all([deps.openAuthority(ca), listing]);
}

async function claimAll(deps: BatchDeps, due: RenewalDue, owner: string) {
  const claimed: Claimed[] = [];
  const outcomes: RenewOutcome[] = [];
  const claimOne = async (certificate: RenewalDue['certificates'][number]) => {
    try {
      claimed.push(await claim(deps, { ...certificate, zoneRole: due.zoneRole, ca: due.ca }, owner));
    } catch (error) {
      const outcome = notRenewed(certificate.name, error);
      if (outcome.outcome === 'failed') await tellFailure(deps, certificate.name, refusalOf(error));
      outcomes.push(outcome);
    }
  };
  // Named twice it would be claimed twice: an equal claim of the same owner counts as one that was written.
  const once = new Map(due.certificates.map((certificate) => [certificate.name, certificate]));
  await pMap(once.values(), claimOne, { concurrency: AT_ONCE });
  return { claimed, outcomes };
}

interface Dns {
  zones: readonly HostedZone[];
  /** Takes the leases of those whose TXT values are all gone from the DNS again. */
  cleaned: Set<Lease>;
}

async function issue(
  run: RenewRun,
  claimed: readonly Claimed[],
  { zones, cleaned }: Dns,
): Promise<Committed[]> {
  const find = { findZone: zoneFinder(run.deps, zones), findIssuers: issuerFinder(run) };
  const checked = await runPhase(run, claimed, (renewal) => preCheck(run, renewal, find));
  const tried = await tryAtStaging(run, checked);
  const orderOne = (renewal: Checked) => order(run, renewal);
  // The first goes alone: where the CA refuses it for the account, the others do not ask any more.
  const first = await runPhase(run, tried.slice(0, 1), orderOne);
  const ordered = [...first, ...(await runPhase(run, tried.slice(1), orderOne))];
  let cleaning = Promise.resolve();
  let proved: Ordered[] = [];
  try {
    const seen = await seenInDns(run, await publish(run, ordered));
    proved = await runPhase(run, seen, (renewal) => prove(run, renewal));
  } finally {
    // The CA has looked; the rest of the way does not need the values any more.
    cleaning = clean(run, ordered, cleaned);
  }
  // Each goes on as far as it can by itself: the CA and the store are busy at once.
  const committed = await runPhase(run, proved, async (renewal) => commit(run, await finalize(run, renewal)));
  const copying = pMap(committed, (renewal) => copy(run, renewal), { concurrency: AT_ONCE });
  await Promise.all([announce(run, committed), copying]);
  await cleaning;
  return committed;
}

async function clean(run: RenewRun, ordered: readonly Ordered[], cleaned: Set<Lease>): Promise<void> {
  try {
    await cleanUp(run.deps, ordered.flatMap(leftRecords));
    for (const { lease } of ordered) cleaned.add(lease);
  } catch (error) {
    run.deps.warn(`TXT values are left behind, the next run removes them: ${oneLineOf(error).message}`);
  }
}

/** The pointer is moved already: an event that is lost here is made up for by the next scan. */
async function announce({ deps, begun }: RenewRun, committed: readonly Committed[]): Promise<void> {
  try {
    const seconds = (deps.clock().getTime() - begun.getTime()) / SECOND;
    await deps.events.publish(factsOf(committed, seconds));
  } catch (error) {
    deps.warn(`could not announce the renewals: ${oneLineOf(error).message}`);
  }
}

async function copy(run: RenewRun, renewal: Committed): Promise<void> {
  try {
    await writeCopies(run, renewal);
  } catch (error) {
    run.deps.warn(`the copies in live/${renewal.name}/ lag behind: ${oneLineOf(error).message}`);
  }
}

/** Ends a renewed certificate's claim, and forgets earlier failures. */
async function settle(
  deps: RenewDeps,
  { lease, state, name }: Committed,
  cleaned: ReadonlySet<Lease>,
): Promise<void> {
  try {
    if (state) await forgetFailures(deps, name);
    await (cleaned.has(lease) ? lease.release() : lease.leaveForLater());
  } catch (error) {
    deps.warn(`could not end the claim on ${name}: ${oneLineOf(error).message}`);
  }
}
