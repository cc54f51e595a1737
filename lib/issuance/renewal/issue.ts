import pMap from 'p-map';
import { describeError } from '../../foundation/common/describe-error.ts';
import { SECOND } from '../../foundation/common/durations.ts';
import { zoneFinder } from '../dns/find-zone.ts';
import type { HostedZone } from '../dns/rules/hosted-zones.ts';
import { awaitPropagation } from './await-propagation.ts';
import type { Claim } from './claim.ts';
import { commit, writeCopies } from './commit.ts';
import { finalize } from './finalize.ts';
import { issuerFinder } from './find-issuers.ts';
import { order } from './order.ts';
import { eventsOf } from './outcome.ts';
import {
  AT_ONCE,
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

export interface Dns {
  zones: readonly HostedZone[];
  /** The claims whose TXT values are all removed from the DNS again; this run adds its own. */
  cleaned: Set<Claim>;
}

/** The way of a certificate from its claim to the moved pointer, phase by phase over the whole batch. */
export async function issue(run: RenewRun, claimed: readonly Claimed[], dns: Dns): Promise<Committed[]> {
  const checked = await preCheckAll(run, claimed, dns.zones);
  const ordered = await orderAll(run, checked);
  let cleaning = Promise.resolve();
  let proved: Ordered[] = [];
  try {
    const published = await publish(run, ordered);
    const visible = await awaitPropagation(run, published);
    proved = await runPhase(run, visible, (renewal) => prove(run, renewal));
  } finally {
    // The CA has validated: the remaining phases do not need the TXT values.
    cleaning = removeTxt(run, ordered, dns.cleaned);
  }
  // Each certificate continues by itself, so that the CA and the store are busy at the same time.
  const committed = await runPhase(run, proved, async (renewal) => commit(run, await finalize(run, renewal)));
  await Promise.all([announce(run, committed), copyAll(run, committed), cleaning]);
  return committed;
}

function preCheckAll(
  run: RenewRun,
  claimed: readonly Claimed[],
  zones: readonly HostedZone[],
): Promise<Checked[]> {
  const find = { findZone: zoneFinder(run.deps, zones), findIssuers: issuerFinder(run) };
  return runPhase(run, claimed, (renewal) => preCheck(run, renewal, find));
}

/** The first goes alone: if the CA refuses it for the account, the others do not ask. */
async function orderAll(run: RenewRun, [first, ...others]: readonly Checked[]): Promise<Ordered[]> {
  if (!first) return [];
  const orderOne = (renewal: Checked) => order(run, renewal);
  return [...(await runPhase(run, [first], orderOne)), ...(await runPhase(run, others, orderOne))];
}

async function removeTxt(run: RenewRun, ordered: readonly Ordered[], cleaned: Set<Claim>): Promise<void> {
  try {
    await cleanUp(run.deps, ordered.flatMap(leftRecords));
    for (const { claim } of ordered) cleaned.add(claim);
  } catch (error) {
    run.deps.warn(`TXT values are left behind, the next run removes them: ${describeError(error).message}`);
  }
}

/** The pointer has moved already: the next scan makes up for an event that is lost here. */
async function announce({ deps, begun }: RenewRun, committed: readonly Committed[]): Promise<void> {
  try {
    const seconds = (deps.clock().getTime() - begun.getTime()) / SECOND;
    await deps.events.publish(eventsOf(committed, seconds));
  } catch (error) {
    deps.warn(`could not announce the renewals: ${describeError(error).message}`);
  }
}

async function copyAll(run: RenewRun, committed: readonly Committed[]): Promise<void> {
  const copy = (renewal: Committed) =>
    writeCopies(run, renewal).catch((error) =>
      run.deps.warn(`the copies in live/${renewal.name}/ lag behind: ${describeError(error).message}`),
    );
  await pMap(committed, copy, { concurrency: AT_ONCE });
}
