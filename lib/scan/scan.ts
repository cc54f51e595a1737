import pMap from 'p-map';
import { forgetHosts } from '../delivery/deployment/forget-hosts.ts';
import { IndexedReads } from '../foundation/bucket/indexed-reads.ts';
import type { ObjectStore } from '../foundation/bucket/object-store.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { importsDue, MAX_HOSTS_NAMED, probesDue, type StackEvent } from '../foundation/events/events.ts';
import { removeDeadLocks } from '../issuance/renewal/order-lock.ts';
import { updateState } from '../issuance/renewal/read-state.ts';
import { batchRenewals } from '../issuance/renewal/rules/batches.ts';
import { forget, rememberHeld, type State } from '../issuance/renewal/rules/state.ts';
import { RenewalInfoClient } from './ask-renewal-info.ts';
import { assessAll } from './assess-all.ts';
import type { AssessDeps, Assessment, ScanDeps } from './context.ts';
import { pinsEnded, removeEndedPins } from './end-pins.ts';
import { keepGroupLists } from './keep-group-lists.ts';
import { planDeployments, planImports } from './plan-delivery.ts';
import { LONGEST_NAME, summarizeCheck } from './rules/check-summary.ts';
import { groupsOf } from './rules/health.ts';
import { judgeAll, judgeRejected } from './rules/judge-health.ts';
import { deferOrders } from './rules/orders-per-run.ts';
import type { Plan } from './rules/plan.ts';
import type { Start } from './rules/trigger.ts';
import { tidy } from './tidy.ts';

/**
 * Compares what is wanted with what is, and puts what is due on the bus. A file that cannot be used is rejected in the plan
 * and the others go on. A dry run publishes and writes nothing.
 */
export async function scan(deps: ScanDeps, start: Start, now: Date): Promise<Plan> {
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const warnOf = (error: unknown) => warn(describeError(error).message);
  const isOfAll = start.names === 'all';
  const anew = isSweep(start);
  const saves = start.dryRun ? undefined : deps.store;
  const index = isOfAll
    ? await IndexedReads.open(deps.store, { sweeps: anew, warn: warnOf, saves })
    : undefined;
  const reading: AssessDeps = { ...deps, store: index ?? deps.store, fresh: deps.store };
  const renewalInfo =
    index && start.asksCa ? new RenewalInfoClient({ ...deps, asked: index }, { now, warn }) : undefined;
  const { assessed, areStraysUnseen } = await assessAll(reading, { start, renewalInfo, now }, warnOf);
  // Hourly it would only repeat itself.
  if (anew || start.dryRun)
    for (const unseen of new Set(assessed.flatMap((one) => one.unseen ?? []))) warnings.push(unseen);
  // Whoever names certificates to renew now means all of them.
  const limit = isOfAll ? deps.stack.ordersPerRun : Number.POSITIVE_INFINITY;
  const assessments = deferOrders(assessed, { limit, now });
  const plan = planOf(start, assessments, { warnings, now });
  const deployed = assessments.flatMap(({ due, deployed }) =>
    deployed ? { ...deployed, awaitsRenewal: due !== undefined && deployed.awaitsRenewal } : [],
  );
  const groups = deps.stack.hostGroups.map(({ name }) => name);
  const facts = assessments.flatMap((assessment) => assessment.facts ?? []);
  const isCheck = isOfAll && !start.forced && !start.dryRun;
  const besides = [...(anew ? groups : []), ...(isCheck ? facts.flatMap(groupsOf) : [])];
  const { groupsOnline, ...fleet } = await planDeployments(
    { ...reading, besides, judgesAll: isCheck, now },
    plan,
    deployed,
  );
  const imports = await planImports(reading, plan, deployed);
  if (start.dryRun) return plan;
  await rememberFindings(deps.store, assessments, { now, warnOf });
  const events = [...eventsOf(plan), ...pinsEnded(assessments)];
  if (isCheck) {
    const checked = assessments.flatMap((assessment) => assessment.checked ?? []);
    const health = [...judgeAll(facts, { ...fleet, imports }), ...judgeRejected(assessments)];
    const left = assessments.filter(({ planned, unseen }) => planned.action === 'leave' && unseen);
    const names = left.map(({ planned }) => planned.name);
    const unseen = { hosts: fleet.unseen, strays: areStraysUnseen, names };
    const detail = summarizeCheck({ ...plan, groupsOnline, ...fleet, unseen }, checked, health);
    events.push({ type: 'Certificates Checked', detail });
  }
  if (start.start === 'file-changed') events.push(...rejectionsOf(plan));
  await deps.events.publish(events);
  await removeEndedPins(deps.store, assessments, warnOf);
  if (isOfAll)
    await keepGroupLists(deps, assessments, { plan, groupsOnline, anew, now, ...fleet }).catch(warnOf);
  if (index && fleet.isWhole && (anew || fleet.listed.size > 0))
    await forgetHosts({ store: deps.store, reads: index }, fleet.listed, { groups, warn: warnOf }).catch(
      warnOf,
    );
  if (index) await removeDeadLocks(deps.store, index).catch(warnOf);
  if (anew) await tidy(deps.store).catch(warnOf);
  await index?.save(deps.store, now).catch(warnOf);
  return plan;
}

/** S3 itself takes no writes then: trying on would cost the time that renewals need. */
const MOST_FAILED_WRITES = 3;
const WRITES_AT_ONCE = 16;

/**
 * Forgets the failures of what is not wanted any more, and remembers what holds up what is. What cannot be written is told,
 * and stops no other, unless it is {@link MOST_FAILED_WRITES} in a row.
 */
async function rememberFindings(
  store: ObjectStore,
  assessments: readonly Assessment[],
  { now, warnOf }: { now: Date; warnOf: (error: unknown) => void },
): Promise<void> {
  let failed = 0;
  const rememberOne = async ({ planned, over, held }: Assessment) => {
    if (failed >= MOST_FAILED_WRITES) return;
    const remember = (found: State | undefined) => {
      const left = found && over ? forget(found, over) : found;
      return held ? rememberHeld(left, held.now) : left;
    };
    try {
      await updateState(store, { name: planned.name, now }, remember);
      failed = 0;
    } catch (error) {
      warnOf(error);
      failed += 1;
    }
  };
  const found = assessments.filter(({ over, held }) => over || held);
  // One by one at first, so that few are tried where none can be written.
  for (const one of found.slice(0, WRITES_AT_ONCE)) await rememberOne(one);
  await pMap(found.slice(WRITES_AT_ONCE), rememberOne, { concurrency: WRITES_AT_ONCE });
}

/** Whether everything is looked at closely, and what is due is published. */
const isSweep = ({ looksClosely, dryRun }: Start) => looksClosely && !dryRun;

/** The plan before hosts and ACM are read. */
function planOf(
  start: Start,
  assessments: readonly Assessment[],
  { warnings, now }: { warnings: string[]; now: Date },
): Plan {
  const due = assessments.flatMap((assessment) => assessment.due ?? []);
  const probed = assessments.flatMap(({ deployed }) => (deployed?.probe ? [deployed.name] : []));
  return {
    start: start.start,
    at: now.toISOString(),
    certificates: assessments.flatMap(({ planned, unlisted }) => (unlisted ? [] : planned)),
    batches: batchRenewals(due, now),
    deployments: [],
    waiting: [],
    imports: [],
    probes: isSweep(start) ? probed : [],
    warnings,
  };
}

/** Told at once; a check tells all in its summary. */
function rejectionsOf({ certificates }: Plan): StackEvent[] {
  return certificates.flatMap((planned): StackEvent[] => {
    if (planned.action !== 'reject') return [];
    const { name, reason, message } = planned;
    return [
      { type: 'Renewal File Rejected', detail: { name: name.slice(0, LONGEST_NAME), reason, message } },
    ];
  });
}

function eventsOf({ batches, deployments, imports, probes }: Plan): StackEvent[] {
  return [
    ...batches.map((batch): StackEvent => ({ type: 'Renewal Due', detail: batch })),
    ...deployments.map(
      ({ group, reason, names, hosts }): StackEvent => ({
        type: 'Deployment Due',
        detail: { group, reason, names, ...(hosts.length <= MAX_HOSTS_NAMED ? { hosts } : {}) },
      }),
    ),
    ...importsDue(imports),
    ...probesDue(probes),
  ];
}
