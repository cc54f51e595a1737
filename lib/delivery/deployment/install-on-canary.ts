import type { HostGroup } from '../../foundation/certificate/host-group.ts';
import { poll, TimeLimitError } from '../../foundation/common/poll.ts';
import type { Runtime } from '../../foundation/runtime.ts';
import { type Hosts, HostsError, type Invocation } from './hosts.ts';
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

/** Most of the function's time, for hosts that wait for a lock, or run hooks for many certificates. */
export const CANARY_LIMIT_S = 240;
/** A second, and five after the minute in which nearly all are done. */
const delayMs = (attempt: number) => (attempt < 60 ? 1_000 : 5_000);

/**
 * Has one host install, command after command, up to one of which it installs nothing. `confirm` takes over a command that is
 * slow.
 */
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
    if (!reported.some(({ outcome }) => isInstalled(outcome))) break;
  }
  const isDone = names.every((name) => installedOn(results).includes(name));
  return { ended: isDone ? 'canary-installed' : 'canary-failed', results };
}

export const installedOn = (results: readonly HostResult[]) =>
  results.flatMap(({ name, outcome }) => (isInstalled(outcome) ? name : []));

async function finished(
  { hosts, runtime }: CanaryDeps,
  { commandId, instanceId }: { commandId: string; instanceId: string },
  signal: AbortSignal,
): Promise<Invocation | undefined> {
  const limits = { delayMs, limitMs: CANARY_LIMIT_S * 1000, signal, runtime };
  // The command is sent: a deployment that fails now is tried again, and sends it once more.
  const look = () => hosts.invocation(commandId, instanceId).catch(orNothingIf(isUnavailable));
  const what = `the canary ${instanceId}`;
  return poll(look, (found) => found !== undefined && found.status !== 'waiting', { what, ...limits }).catch(
    orNothingIf((error) => error instanceof TimeLimitError),
  );
}

const isUnavailable = (error: unknown) => error instanceof HostsError && error.reason === 'hosts-unavailable';

const orNothingIf = (passes: (error: unknown) => boolean) => (error: unknown) => {
  if (passes(error)) return undefined;
  throw error;
};
