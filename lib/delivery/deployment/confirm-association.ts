import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { groupKey } from '../../foundation/certificate/object-keys.ts';
import type { AssociationRun, Hosts } from './hosts.ts';
import { type RecordDeps, recordInvocation } from './record-invocation.ts';
import { parseGroupList } from './rules/group-list.ts';
import { type HostResult, parseHostReport } from './rules/host-report.ts';

type Outcome =
  | { outcome: 'recorded'; results: HostResult[] }
  | { outcome: 'left'; reason: 'still-running' | 'not-ours' | 'nothing-new' };

/**
 * Records what a host reports of a run by its group's list. Only what the list has is believed; and of a run that could not
 * begin, all of it failed, except where the host was at work already, which reports by itself.
 */
export async function confirmAssociation(
  deps: RecordDeps & { hosts: Pick<Hosts, 'associationRun'> },
  { associationId, instanceId }: { associationId: string; instanceId: string },
): Promise<Outcome> {
  const run = await deps.hosts.associationRun(associationId, instanceId);
  if (!run) return { outcome: 'left', reason: 'not-ours' };
  if (run.invocation.status === 'waiting') return { outcome: 'left', reason: 'still-running' };
  const names = await namesOf(deps.store, run);
  if (names.length === 0) return { outcome: 'left', reason: 'nothing-new' };
  const { group, invocation } = run;
  return { outcome: 'recorded', results: await recordInvocation(deps, invocation, { group, names }) };
}

/** What the run tells something about. */
async function namesOf(
  store: Pick<ObjectStore, 'get'>,
  { group, invocation }: AssociationRun,
): Promise<string[]> {
  const report = parseHostReport(invocation.output);
  if (report?.reason === 'locked') return [];
  const listed = parseGroupList((await store.get(groupKey(group)))?.body).map(({ name }) => name);
  if (!report || report.reason) return listed;
  return listed.filter((name) => report.results.some((result) => result.name === name));
}
