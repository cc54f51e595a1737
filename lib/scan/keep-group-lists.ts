import { decideList, removeLists } from '../delivery/deployment/group-lists.ts';
import { listedOf } from '../delivery/deployment/rules/group-list.ts';
import type { Assessment, ScanDeps } from './context.ts';
import type { SeenFleet } from './plan-delivery.ts';
import { liveOf } from './rules/health.ts';
import type { Plan } from './rules/plan.ts';

interface Scanned extends Pick<SeenFleet, 'listed'> {
  plan: Pick<Plan, 'deployments' | 'waiting'>;
  groupsOnline: readonly string[];
  /** Whether lists of groups that are gone are removed. */
  anew: boolean;
  now: Date;
}

/** Writes down what new hosts of each group install; where what hosts lack is unknown, the list stays. Throws StoreError. */
export async function keepGroupLists(
  { store, stack }: Pick<ScanDeps, 'store' | 'stack'>,
  assessments: readonly Assessment[],
  { plan, listed, groupsOnline, anew, now }: Scanned,
): Promise<void> {
  const rejected = new Set(
    assessments.flatMap(({ planned }) => (planned.action === 'reject' ? planned.name : [])),
  );
  const revoked = new Map(
    assessments.flatMap(({ deployed }) => (deployed ? [[deployed.name, deployed.revoked] as const] : [])),
  );
  const isRevoked = (name: string, version: string) => revoked.get(name)?.includes(version) === true;
  for (const { name: group } of stack.hostGroups) {
    const live = assessments.flatMap(({ deployed, facts }) => {
      const pointer = facts && liveOf(facts);
      return pointer && deployed?.groups.includes(group) ? [listedOf(deployed.name, pointer)] : [];
    });
    const isSeen = listed.get(group)?.every(({ online }) => !online || groupsOnline.includes(group)) ?? false;
    if (live.length > 0 && !isSeen) continue;
    const coming = [...plan.deployments, ...plan.waiting].filter((one) => one.group === group);
    const due = new Set(coming.flatMap(({ names }) => names));
    await decideList(store, group, { live, due, rejected, isRevoked, now });
  }
  if (anew)
    await removeLists(
      store,
      stack.hostGroups.map(({ name }) => name),
    );
}
