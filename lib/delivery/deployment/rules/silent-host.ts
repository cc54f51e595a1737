import type { Reason } from '../../../foundation/reasons/reasons.ts';
/** Why a command ended on a host without a report, from SSM's own word, such as `DeliveryTimedOut`. */
export function explainSilence(
  instanceId: string,
  statusDetails: string,
): { reason: Reason; message: string } {
  const words = statusDetails.replace(/([a-z])([A-Z])/g, '$1-$2').replace(/\s+/g, '-');
  const reason = `ssm-${words.toLowerCase()}` as const;
  return { reason, message: messageOf(reason, { instanceId, statusDetails }) };
}

function messageOf(
  reason: Reason,
  { instanceId, statusDetails }: { instanceId: string; statusDetails: string },
): string {
  switch (reason) {
    case 'ssm-terminated':
      return `another host of the group failed, so nothing was sent to ${instanceId}; it keeps what it serves until the next check`;
    case 'ssm-cancelled':
      return `somebody cancelled the command to ${instanceId}; the next check sends it again`;
    case 'ssm-delivery-timed-out':
    case 'ssm-undeliverable':
      return `${instanceId} did not take the command: is it running, and its SSM agent with it? The next check that finds it online sends it again`;
    case 'ssm-execution-timed-out':
      return `the installation did not end in time on ${instanceId}; is something there hanging, such as the container engine?`;
    default:
      return `${instanceId} ended without a report (${statusDetails}); look at the command's output in Systems Manager, Run Command`;
  }
}
