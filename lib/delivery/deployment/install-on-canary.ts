import type { HostGroup } from '../../foundation/certificate/host-group.ts';
import { poll, TimeLimitError } from '../../foundation/common/poll.ts';
import type { Runtime } from '../../foundation/runtime.ts';
import type { Hosts, Invocation } from './hosts.ts';
import { type RecordDeps, recordInvocation } from './record-invocation.ts';
import { type HostResult, isInstalled } from './rules/host-report.ts';
import { splitNames } from './rules/split-names.ts';

export interface CanaryDeps {
  hosts: Hosts;
  runtime: Runtime;
}

export interface CanaryRun {
  ended: 'canary-installed' | 'canary-failed' | 'canary-slow';
  results: HostResult[];
}

const CANARY_LIMIT_MS = 60_000;
const POLL_MS = 1_000;

/** Has one host install, command after command, up to the first failure. `confirm` takes over a command that is slow. */
export async function installOnCanary(
  deps: RecordDeps & CanaryDeps,
  { group, names, instanceId }: { group: HostGroup; names: readonly string[]; instanceId: string },
  signal: AbortSignal,
): Promise<CanaryRun> {
  const results: HostResult[] = [];
  for (const part of splitNames(names)) {
    const command = { group, names: part, instanceIds: [instanceId], allowedErrors: 0 };
    const commandId = await deps.hosts.install(command);
    const invocation = await finished(deps, { commandId, instanceId }, signal);
    if (!invocation) return { ended: 'canary-slow', results };
    const reported = await recordInvocation(deps, invocation, { group: group.name, names: part });
    results.push(...reported);
    if (!reported.every(({ outcome }) => isInstalled(outcome))) return { ended: 'canary-failed', results };
  }
  return { ended: 'canary-installed', results };
}

async function finished(
  { hosts, runtime }: CanaryDeps,
  { commandId, instanceId }: { commandId: string; instanceId: string },
  signal: AbortSignal,
): Promise<Invocation | undefined> {
  const limits = { delayMs: () => POLL_MS, limitMs: CANARY_LIMIT_MS, signal, runtime };
  return poll(
    () => hosts.invocation(commandId, instanceId),
    ({ status }) => status !== 'waiting',
    { what: `the canary ${instanceId}`, ...limits },
  ).catch((error) => {
    if (error instanceof TimeLimitError) return undefined;
    throw error;
  });
}
