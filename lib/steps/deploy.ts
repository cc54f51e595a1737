import type { DeploymentDue } from '../core/facts.ts';
import type { HostGroup } from '../core/host-group.ts';
import { type HostResult, isInstalled } from '../core/host-report.ts';
import { InputError } from '../core/input-error.ts';
import type { Hosts, Invocation } from '../ports/hosts.ts';
import { poll, TimeLimitError } from './poll.ts';
import { type RecordDeps, recordInvocation } from './record-invocation.ts';

export interface DeployDeps extends RecordDeps {
  hosts: Hosts;
  groups: readonly HostGroup[];
}

/** How a deployment began; the hosts after the canary report to `confirm`. */
export interface DeployOutcome {
  group: string;
  names: readonly string[];
  outcome: 'sent' | 'stopped';
  reason: 'canary-installed' | 'canary-failed' | 'canary-slow' | 'no-hosts' | 'hosts-offline';
  canary?: { instanceId: string; results: HostResult[] };
  /** Hosts that were sent the command after the canary. */
  sent: string[];
  offline: string[];
}

const CANARY_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 1_000;
/** A String parameter of an SSM document takes 4,096 characters. */
const MAX_NAMES_LENGTH = 4_000;

/** Has one host install the certificates, and only if it comes through, the rest of the group. */
export async function deploy(
  deps: DeployDeps,
  due: DeploymentDue,
  signal: AbortSignal,
): Promise<DeployOutcome> {
  const group = groupOf(deps, due);
  const hosts = await deps.hosts.inGroup(group.name);
  const offline = hosts.filter(({ online }) => !online).map(({ instanceId }) => instanceId);
  const [canary, ...others] = hosts.filter(({ online }) => online).map(({ instanceId }) => instanceId);
  if (canary === undefined) return nobody(deps, due, offline);
  const results = await installOn(deps, { group, names: due.names, instanceId: canary }, signal);
  if (!results)
    return {
      group: group.name,
      names: due.names,
      outcome: 'stopped',
      reason: 'canary-slow',
      sent: [],
      offline,
    };
  const outcome = { group: group.name, names: due.names, canary: { instanceId: canary, results }, offline };
  if (!results.every((result) => isInstalled(result.outcome)))
    return { ...outcome, outcome: 'stopped', reason: 'canary-failed', sent: [] };
  if (others.length > 0) {
    for (const names of splitNames(due.names))
      await deps.hosts.install({ group, names, instanceIds: others });
  }
  return { ...outcome, outcome: 'sent', reason: 'canary-installed', sent: others };
}

function groupOf({ groups }: DeployDeps, { group }: DeploymentDue): HostGroup {
  const found = groups.find(({ name }) => name === group);
  if (found) return found;
  throw new InputError(
    'unknown-host-group',
    `host group "${group}" is not one of ${groups.map(({ name }) => name).join(', ') || 'none'}; add it to params.hostGroups in serverless.yml and deploy`,
  );
}

async function nobody(
  { events }: DeployDeps,
  { group, names }: DeploymentDue,
  offline: string[],
): Promise<DeployOutcome> {
  const reason = offline.length > 0 ? 'hosts-offline' : 'no-hosts';
  const message =
    reason === 'no-hosts'
      ? `no host carries the tag perennial-group=${group} in Systems Manager; tag one, or take the group out of the renewal file`
      : `no host of group ${group} is online (${offline.join(', ')}); they get the certificate at the first scan that finds them online`;
  await events.publish(
    names.map((name) => ({
      type: 'Certificate Deployment Failed',
      detail: { name, group, reason, message, hosts: [] },
    })),
  );
  return { group, names, outcome: 'stopped', reason, sent: [], offline };
}

/** The canary's results; `undefined` when it is not done in time: then `confirm` takes them, and the next scan goes on. */
async function installOn(
  deps: DeployDeps,
  target: { group: HostGroup; names: readonly string[]; instanceId: string },
  signal: AbortSignal,
): Promise<HostResult[] | undefined> {
  const results: HostResult[] = [];
  for (const names of splitNames(target.names)) {
    const [commandId = ''] = await deps.hosts.install({
      group: target.group,
      names,
      instanceIds: [target.instanceId],
    });
    const invocation = await finished(deps.hosts, { commandId, instanceId: target.instanceId }, signal);
    if (!invocation) return undefined;
    results.push(...(await recordInvocation(deps, invocation, { group: target.group.name, names })));
  }
  return results;
}

async function finished(
  hosts: Hosts,
  { commandId, instanceId }: { commandId: string; instanceId: string },
  signal: AbortSignal,
): Promise<Invocation | undefined> {
  try {
    return await poll(
      () => hosts.invocation(commandId, instanceId),
      ({ status }) => status !== 'waiting',
      {
        what: `the canary ${instanceId}`,
        delayMs: () => LOOK_EVERY_MS,
        limitMs: CANARY_LIMIT_MS,
        signal,
      },
    );
  } catch (error) {
    if (error instanceof TimeLimitError) return undefined;
    throw error;
  }
}

/** The names in parts that each fit one parameter. */
export function splitNames(names: readonly string[]): string[][] {
  const parts: string[][] = [];
  let length = 0;
  for (const name of names) {
    const part = parts.at(-1);
    if (part && length + 1 + name.length <= MAX_NAMES_LENGTH) {
      part.push(name);
      length += 1 + name.length;
    } else {
      parts.push([name]);
      length = name.length;
    }
  }
  return parts;
}
