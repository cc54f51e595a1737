import type { HostGroup } from '../../foundation/certificate/host-group.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { type DeploymentDue, MAX_HOSTS_NAMED } from '../../foundation/events/events.ts';
import { listVersions } from './group-lists.ts';
import { holdBack } from './hold-back.ts';
import { type CanaryDeps, type CanaryRun, installedOn, installOnCanary } from './install-on-canary.ts';
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
  outcome: 'sent' | 'stopped' | 'waits';
  reason: CanaryRun['ended'] | 'no-hosts' | 'hosts-offline' | 'outside-window' | 'frozen';
  canary?: { instanceId: string; results: HostResult[] };
  /** Hosts that were sent the command after the canary. */
  sent: string[];
  /** Certificates that the canary did not install, and that were not sent to the others. */
  heldBack?: readonly string[];
  offline: string[];
  /** Hosts that are not to be touched now, and when they may be (ISO 8601 in UTC); the next scan then sends it. */
  waiting?: string[];
  until?: string;
  /** Why new hosts do not get these versions yet. */
  notListed?: string;
}

/**
 * Has one host install the certificates, and the others those that it installed; what replaces a revoked version goes to the
 * others all the same: each host rolls back on its own, and none keeps the revoked one because another failed. Then, and where
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
  if (online.length === 0) {
    const notListed = await notListedOf(deps, due);
    const reason = there ? 'hosts-offline' : 'no-hosts';
    await reportNoHosts(deps, due, { reason, offline });
    return { group: group.name, names, outcome: 'stopped', reason, sent: [], offline, ...notListed };
  }
  // The host's next report replaces an unreadable record.
  const records = await readHostRecords(deps, online, () => {});
  const { free, waiting, held } = await holdBack(deps, { group, due }, { online, records });
  const waits = held && waiting.length > 0 && { waiting, until: held.until.toISOString() };
  const [first, ...rest] = free;
  if (first === undefined)
    return {
      group: group.name,
      names,
      outcome: 'waits',
      reason: held?.reason ?? 'outside-window',
      sent: [],
      offline,
      ...waits,
    };
  const { canary, others, failing } = orderHosts([first, ...rest], records);
  const { ended, results } = await installOnCanary(deps, { group, names, instanceId: canary }, signal);
  const begun = {
    group: group.name,
    names,
    reason: ended,
    canary: { instanceId: canary, results },
    offline,
    ...waits,
  };
  const isUrgent = due.reason === 'revoked';
  const installed = isUrgent ? names : installedOn(results);
  const heldBack = names.filter((name) => !installed.includes(name));
  if (ended !== 'canary-installed' && heldBack.length > 0)
    await reportSkippedHosts(deps, { ...due, names: heldBack }, { canary, ended, others });
  if (installed.length === 0) return { ...begun, outcome: 'stopped', sent: [] };
  const allowedErrors = isUrgent ? others.length : failing;
  // A command to more hosts goes to the whole group, and those that wait with it.
  const parts = waiting.length > 0 ? inParts(others, MAX_HOSTS_NAMED) : others.length > 0 ? [others] : [];
  for (const instanceIds of parts)
    for (const part of splitNames(installed))
      await deps.hosts.install({ group, names: part, instanceIds, allowedErrors });
  const notListed = await notListedOf(deps, { ...due, names: installed });
  return { ...begun, outcome: 'sent', sent: others, ...(heldBack.length > 0 && { heldBack }), ...notListed };
}

/** The hosts' commands are sent, so a list that cannot be written fails nothing: the next scan writes it. */
async function notListedOf(deps: DeployDeps, due: DeploymentDue): Promise<{ notListed?: string }> {
  try {
    await listVersions(deps.store, due.group, due.names);
    return {};
  } catch (error) {
    return { notListed: describeError(error).message };
  }
}

function inParts(ids: readonly string[], most: number): string[][] {
  const count = Math.ceil(ids.length / most);
  return Array.from({ length: count }, (_, index) => ids.slice(index * most, (index + 1) * most));
}

function groupOf({ stack }: DeployDeps, { group }: DeploymentDue): HostGroup {
  const found = stack.hostGroups.find(({ name }) => name === group);
  if (found) return found;
  throw new InputError('unknown-host-group', {
    seen: `host group "${group}" is not one of ${stack.hostGroups.map(({ name }) => name).join(', ') || 'none'}`,
    remedy: 'add it to hostGroups in settings.yml and deploy',
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
