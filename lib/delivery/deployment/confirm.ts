import * as z from 'zod/mini';
import { parseValue } from '../../foundation/common/parse-json.ts';
import type { Hosts, Invocation } from './hosts.ts';
import { type RecordDeps, recordInvocation } from './record-invocation.ts';
import { type HostResult, parseHostReport } from './rules/host-report.ts';

export interface ConfirmDeps extends RecordDeps {
  hosts: Hosts;
}

/** "EC2 Command Invocation Status-change Notification" of SSM, as far as it is read (Systems Manager user guide, "EventBridge events"). */
const StatusChange = z.object({
  detail: z.object({ 'command-id': z.string(), 'instance-id': z.string(), status: z.string() }),
});

export type ConfirmOutcome =
  | { outcome: 'recorded'; instanceId: string; commandId: string; results: HostResult[] }
  | { outcome: 'left'; reason: 'still-running' | 'not-ours'; instanceId: string; commandId: string };

/** Writes down what a host reports; the event is only the hint to look at the command. */
export async function confirm(deps: ConfirmDeps, event: unknown): Promise<ConfirmOutcome> {
  const { detail } = parseValue(event, StatusChange, { where: 'event', reason: 'event-invalid' });
  const commandId = detail['command-id'];
  const instanceId = detail['instance-id'];
  const invocation = await deps.hosts.invocation(commandId, instanceId);
  if (invocation.status === 'waiting')
    return { outcome: 'left', reason: 'still-running', instanceId, commandId };
  if (invocation.group === undefined) return { outcome: 'left', reason: 'not-ours', instanceId, commandId };
  const names = await unreported(deps, invocation);
  const results = await recordInvocation(deps, invocation, { group: invocation.group, names });
  return { outcome: 'recorded', instanceId, commandId, results };
}

/** A host that ended without results says nothing of its certificates: they are asked of the command. */
async function unreported({ hosts }: ConfirmDeps, { commandId, output }: Invocation): Promise<string[]> {
  const reported = parseHostReport(output)?.results.length ?? 0;
  return reported > 0 ? [] : hosts.namesSent(commandId);
}
