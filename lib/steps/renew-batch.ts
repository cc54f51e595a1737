import pMap from 'p-map';
import type { RenewalDue } from '../core/facts.ts';
import type { HostedZone } from '../core/hosted-zones.ts';
import { stateKey } from '../core/object-keys.ts';
import { oneLineOf } from './failure.ts';
import { zoneFinder } from './find-zone.ts';
import { claim } from './renew/claim.ts';
import { commit, writeCopies } from './renew/commit.ts';
import {
  type BatchDeps,
  type Claimed,
  type Committed,
  type Ordered,
  type RenewDeps,
  type RenewRun,
  runPhase,
} from './renew/context.ts';
import { finalize } from './renew/finalize.ts';
import { issuerFinder } from './renew/find-issuers.ts';
import { mend } from './renew/mend.ts';
import { order } from './renew/order.ts';
import { factsOf, notRenewed, type RenewOutcome, renewed, tellFailure } from './renew/outcome.ts';
import { preCheck } from './renew/pre-check.ts';
import { prove } from './renew/prove.ts';
import { cleanUp, leftRecords, publish } from './renew/publish.ts';
import { seenInDns } from './renew/seen-in-dns.ts';
import { tryAtStaging } from './renew/try-at-staging.ts';

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
  const deps: BatchDeps = { ...given, ca: due.ca, zones: given.zonesOf(due.zoneRole) };
  const opening = Promise.allSettled([open(deps, due)]);
  const { claimed, outcomes } = await claimAll(deps, due, owner);
  const dropped = new Map<Claimed, unknown>();
  const drop = (renewal: Claimed, error: unknown) => void dropped.set(renewal, error);
  const toMend = claimed.filter(({ action }) => action === 'mend');
  const mended = await runPhase({ drop }, toMend, (renewal) => mend(deps, renewal));
  const toRenew = claimed.filter(({ action }) => action === 'renew');
  const [opened] = await opening;
  let done: Issued = { committed: [], cleaned: true };
  if (opened.status === 'fulfilled') {
    const [authority, zones] = opened.value;
    done = await issue({ deps, authority, signal, drop }, toRenew, zones);
  } else {
    for (const renewal of toRenew) drop(renewal, opened.reason);
  }
  const { committed, cleaned } = done;
  await pMap(committed, (renewal) => settle(deps, renewal, cleaned), { concurrency: AT_ONCE });
  const failed = await pMap(dropped, ([renewal, error]) => giveUp(deps, renewal, error), {
    concurrency: AT_ONCE,
  });
  return [...outcomes, ...mended, ...committed.map(renewed), ...failed];
}

/** The CA is not asked for anything where the zones of a role cannot be. */
async function open(deps: BatchDeps, { ca, zoneRole }: RenewalDue) {
  const listing = deps.zones.list();
  if (zoneRole !== undefined) await listing;
  return Promise.all([deps.openAuthority(ca), listing]);
}

async function claimAll(deps: RenewDeps, due: RenewalDue, owner: string) {
  const claimed: Claimed[] = [];
  const outcomes: RenewOutcome[] = [];
  const claimOne = async (certificate: RenewalDue['certificates'][number]) => {
    try {
      claimed.push(await claim(deps, { ...certificate, zoneRole: due.zoneRole, ca: due.ca }, owner));
    } catch (error) {
      const outcome = notRenewed(certificate.name, error);
      if (outcome.outcome === 'failed') await tellFailure(deps, certificate.name, error);
      outcomes.push(outcome);
    }
  };
  // Named twice it would be claimed twice: an equal claim of the same owner counts as one that was written.
  const once = new Map(due.certificates.map((certificate) => [certificate.name, certificate]));
  await pMap(once.values(), claimOne, { concurrency: AT_ONCE });
  return { claimed, outcomes };
}

interface Issued {
  committed: Committed[];
  /** Whether every TXT value of ours is gone from the DNS again. */
  cleaned: boolean;
}

async function issue(
  run: RenewRun,
  claimed: readonly Claimed[],
  zones: readonly HostedZone[],
): Promise<Issued> {
  const find = { findZone: zoneFinder(run.deps, zones), findIssuers: issuerFinder(run) };
  const checked = await runPhase(run, claimed, (renewal) => preCheck(run, renewal, find));
  const tried = await tryAtStaging(run, checked);
  const ordered = await runPhase(run, tried, (renewal) => order(run, renewal));
  let cleaning = Promise.resolve(false);
  let proved: Ordered[] = [];
  try {
    const seen = await seenInDns(run, await publish(run, ordered));
    proved = await runPhase(run, seen, (renewal) => prove(run, renewal));
  } finally {
    // The CA has looked; the rest of the way does not need the values any more.
    cleaning = clean(run, ordered);
  }
  const finalized = await runPhase(run, proved, (renewal) => finalize(run, renewal));
  const committed = await runPhase(run, finalized, (renewal) => commit(run, renewal));
  await announce(run, committed);
  await pMap(committed, (renewal) => copy(run, renewal), { concurrency: AT_ONCE });
  return { committed, cleaned: await cleaning };
}

async function clean(run: RenewRun, ordered: readonly Ordered[]): Promise<boolean> {
  try {
    await cleanUp(run.deps, ordered.flatMap(leftRecords));
    return true;
  } catch (error) {
    run.deps.warn(`TXT values are left behind, the next run removes them: ${oneLineOf(error).message}`);
    return false;
  }
}

/** The pointer is moved already: an event that is lost here is made up for by the next scan. */
async function announce({ deps }: RenewRun, committed: readonly Committed[]): Promise<void> {
  try {
    await deps.events.publish(factsOf(committed));
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
  { store, warn }: RenewDeps,
  { lease, state, name }: Committed,
  cleaned: boolean,
): Promise<void> {
  try {
    if (state) await store.remove(stateKey(name));
    await (cleaned ? lease.release() : lease.leaveForLater());
  } catch (error) {
    warn(`could not end the claim on ${name}: ${oneLineOf(error).message}`);
  }
}

/** Ends the claim of one that dropped out; an order that is recorded is gone on with by the next run. */
async function giveUp(deps: BatchDeps, { lease, name }: Claimed, error: unknown): Promise<RenewOutcome> {
  const outcome = notRenewed(name, error);
  if (outcome.outcome === 'failed') await tellFailure(deps, name, error, deps.ca);
  try {
    if (outcome.reason !== 'claimed-elsewhere')
      await (lease.pending.order ? lease.leaveForLater() : lease.release());
  } catch (trouble) {
    deps.warn(`could not give back the claim on ${name}: ${oneLineOf(trouble).message}`);
  }
  return outcome;
}
