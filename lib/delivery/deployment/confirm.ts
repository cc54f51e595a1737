import * as z from 'zod/mini';
import { parseValue } from '../../foundation/common/parse-json.ts';
import { confirmAssociation } from './confirm-association.ts';
import type { Hosts } from './hosts.ts';
import { type RecordDeps, recordInvocation } from './record-invocation.ts';
import type { HostResult } from './rules/host-report.ts';

export interface ConfirmDeps extends RecordDeps {
  hosts: Hosts;
}

/** "EC2 Command Invocation Status-change Notification" (Systems Manager user guide, "EventBridge events"). */
const StatusChange = z.object({
  detail: z.object({
    'command-id': z.string(),
    'instance-id': z.string(),
    status: z.string(),
    'requested-date-time': z.catch(z.optional(z.iso.datetime({ offset: true })), undefined),
  }),
});

/** "EC2 State Manager Instance Association State Change" (as above). */
const AssociationChange = z.object({
  'detail-type': z.literal('EC2 State Manager Instance Association State Change'),
  detail: z.object({ 'association-id': z.string(), 'instance-id': z.string() }),
});

type ConfirmOutcome =
  | { outcome: 'recorded'; instanceId: string; commandId: string; results: HostResult[] }
  | { outcome: 'left'; reason: 'still-running' | 'not-ours'; instanceId: string; commandId: string }
  | ({ instanceId: string; associationId: string } & Awaited<ReturnType<typeof confirmAssociation>>);

/** Records a host's report. The event says only which command or association to read, and when that was requested. */
export async function confirm(deps: ConfirmDeps, event: unknown): Promise<ConfirmOutcome> {
  const association = AssociationChange.safeParse(event);
  if (association.success) {
    const { 'association-id': associationId, 'instance-id': instanceId } = association.data.detail;
    const run = { associationId, instanceId };
    return { ...run, ...(await confirmAssociation(deps, run)) };
  }
  const { detail } = parseValue(event, StatusChange, { where: 'event', reason: 'event-invalid' });
  const commandId = detail['command-id'];
  const instanceId = detail['instance-id'];
  const requested = detail['requested-date-time'];
  const invocation = {
    ...(await deps.hosts.invocation(commandId, instanceId)),
    ...(requested !== undefined && { requestedAt: new Date(requested) }),
  };
  if (invocation.status === 'waiting')
    return { outcome: 'left', reason: 'still-running', instanceId, commandId };
  if (invocation.group === undefined) return { outcome: 'left', reason: 'not-ours', instanceId, commandId };
  // Only the command knows its certificates: what else a host reports was not asked of it.
  const names = await deps.hosts.namesSent(commandId);
  const results = await recordInvocation(deps, invocation, { group: invocation.group, names });
  return { outcome: 'recorded', instanceId, commandId, results };
}
