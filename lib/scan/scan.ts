import { IndexedReads } from '../foundation/bucket/indexed-reads.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import type { CheckSummary } from '../foundation/events/events.ts';
import { importsDue, MAX_HOSTS_NAMED, probesDue, type StackEvent } from '../foundation/events/events.ts';
import { batchRenewals } from '../issuance/renewal/rules/batches.ts';
import { RenewalInfoClient } from './ask-renewal-info.ts';
import { assessAll } from './assess-all.ts';
import type { AssessDeps, Assessment, ScanDeps } from './context.ts';
import { planDeployments } from './plan-deployments.ts';
import { planImports } from './plan-imports.ts';
import { summarizeCheck } from './rules/check-summary.ts';
import { deferOrders } from './rules/orders-per-run.ts';
import type { Plan } from './rules/plan.ts';
import type { Start } from './rules/trigger.ts';

/**
 * Compares what is wanted with what is, and puts what is due on the bus. A file that cannot be used is rejected in the plan
 * and the others go on. With start `plan` nothing is put anywhere.
 */
export async function scan(deps: ScanDeps, start: Start, now: Date): Promise<Plan> {
  const warnings: string[] = [];
  const warn = (message: string) => warnings.push(message);
  const warnOf = (error: unknown) => warn(describeError(error).message);
  const isOfAll = start.names === 'all';
  const anew = isSweep(start);
  const index = isOfAll ? await IndexedReads.open(deps.store, { anew, warn: warnOf }) : undefined;
  const looking: AssessDeps = { ...deps, store: index ?? deps.store };
  const renewalInfo =
    index && start.asksCa ? new RenewalInfoClient({ ...deps, asked: index }, { now, warn }) : undefined;
  const found = await assessAll(looking, { start, renewalInfo, now });
  const looks = deferOrders(found, { limit: ordersOf(deps, start), now });
  const plan = planOf(start, looks, { warnings, now });
  const deployed = looks.flatMap((look) => (look.due ? [] : (look.deployed ?? [])));
  await planDeployments(looking, plan, deployed);
  await planImports(
    looking,
    plan,
    looks.flatMap((look) => look.deployed ?? []),
  );
  if (start.dryRun) return plan;
  const health = looks.flatMap((look) => look.health ?? []);
  const checked = isOfAll && !start.forced ? [summarizeCheck(plan, health)] : [];
  await deps.events.publish([...eventsOf(plan), ...checked.map(checkedEvent)]);
  await index?.save(deps.store, now).catch(warnOf);
  return plan;
}

const checkedEvent = (detail: CheckSummary): StackEvent => ({ type: 'Certificates Checked', detail });

/** Who names certificates to renew now means all of them. */
function ordersOf({ stack }: ScanDeps, { names }: Start): number {
  return names === 'all' ? stack.ordersPerRun : Number.POSITIVE_INFINITY;
}

/** Whether everything is looked at anew, and what is due of it is done. */
const isSweep = ({ looksClosely, dryRun }: Start) => looksClosely && !dryRun;

/** Still without what follows from hosts and ACM. */
function planOf(
  start: Start,
  looks: readonly Assessment[],
  { warnings, now }: { warnings: string[]; now: Date },
): Plan {
  const probed = looks.flatMap(({ deployed }) => (deployed?.probe ? [deployed.name] : []));
  return {
    start: start.start,
    at: now.toISOString(),
    certificates: looks.map(({ planned }) => planned),
    batches: batchRenewals(
      looks.flatMap(({ due }) => due ?? []),
      now,
    ),
    deployments: [],
    imports: [],
    probes: isSweep(start) ? probed : [],
    warnings,
  };
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
