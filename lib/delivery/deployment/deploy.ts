import type { HostGroup } from '../../foundation/certificate/host-group.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import type { DeploymentDue } from '../../foundation/events/events.ts';
import { listVersions } from './group-lists.ts';
import { type CanaryDeps, type CanaryRun, installOnCanary } from './install-on-canary.ts';
import { readHostRecords } from './read-host-records.ts';
import type { RecordDeps } from './record-invocation.ts';
import { reportNoHosts, reportSkippedHosts } from './report-not-sent.ts';
import type { HostResult } from './rules/host-report.ts';
import { orderHosts } from './rules/order-hosts.ts';
import { splitNames } from './rules/split-names.ts';

export interface DeployDeps extends RecordDeps, CanaryDeps {
  stack: Stack;
}

/** How it began; the hosts after the canary report to `confirm`. */
interface DeployOutcome {
  group: string;
  names: readonly string[];
  outcome: 'sent' | 'stopped';
  reason: CanaryRun['ended'] | 'no-hosts' | 'hosts-offline';
  canary?: { instanceId: string; results: HostResult[] };
  /** Hosts that were sent the command after the canary. */
  sent: string[];
  offline: string[];
  /** Why new hosts do not get these versions yet. */
  notListed?: string;
}

/**
 * Has one host install the certificates, and the others only after it succeeded; what replaces a revoked version goes to the
 * others all the same: each goes back by itself, and none is left with the revoked one for another's trouble. Then, and where
 * nobody is there to go first, new hosts get these versions too.
 */
export async function deploy(
  deps: DeployDeps,
  due: DeploymentDue,
  signal: AbortSignal,
): Promise<DeployOutcome> {
  const group = groupOf(deps, due);
  const { names } = due;
  const { there, online, offline } = await hostsOf(deps, due);
  const [first, ...rest] = online;
  if (first === undefined) {
    const notListed = await notListedOf(deps, due);
    const reason = there ? 'hosts-offline' : 'no-hosts';
    await reportNoHosts(deps, due, { reason, offline });
    return { group: group.name, names, outcome: 'stopped', reason, sent: [], offline, ...notListed };
  }
  // The host's next report replaces an unreadable record.
  const records = await readHostRecords(deps, online, () => {});
  const { canary, others, failing } = orderHosts([first, ...rest], records);
  const { ended, results } = await installOnCanary(deps, { group, names, instanceId: canary }, signal);
  const begun = { group: group.name, names, reason: ended, canary: { instanceId: canary, results }, offline };
  const isUrgent = due.reason === 'revoked';
  if (ended !== 'canary-installed' && !isUrgent) {
    await reportSkippedHosts(deps, due, { canary, ended, others });
    return { ...begun, outcome: 'stopped', sent: [] };
  }
  const allowedErrors = isUrgent ? others.length : failing;
  for (const part of others.length > 0 ? splitNames(names) : [])
    await deps.hosts.install({ group, names: part, instanceIds: others, allowedErrors });
  return { ...begun, outcome: 'sent', sent: others, ...(await notListedOf(deps, due)) };
}

/** The hosts' commands are sent, so a list that cannot be written fails nothing: the next scan writes it. */
async function notListedOf(deps: DeployDeps, due: DeploymentDue): Promise<{ notListed?: string }> {
  try {
    await listVersions(deps, due);
    return {};
  } catch (error) {
    return { notListed: describeError(error).message };
  }
}

function groupOf({ stack }: DeployDeps, { group }: DeploymentDue): HostGroup {
  const found = stack.hostGroups.find(({ name }) => name === group);
  if (found) return found;
  throw new InputError('unknown-host-group', {
    seen: `host group "${group}" is not one of ${stack.hostGroups.map(({ name }) => name).join(', ') || 'none'}`,
    remedy: 'add it to params.hostGroups in serverless.yml and deploy',
  });
}

/** The named hosts, or all. A host that left the group counts as offline. */
async function hostsOf({ hosts }: DeployDeps, { group, hosts: named }: DeploymentDue) {
  const inGroup = await hosts.inGroup(group);
  const wanted = named ?? inGroup.map(({ instanceId }) => instanceId);
  const reachable = new Set(inGroup.filter((host) => host.online).map(({ instanceId }) => instanceId));
  return {
    there: inGroup.length > 0,
    online: wanted.filter((id) => reachable.has(id)),
    offline: wanted.filter((id) => !reachable.has(id)),
  };
}
