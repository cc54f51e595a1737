import * as z from 'zod/mini';
import { LineageName } from '../../../foundation/certificate/lineage.ts';
import { orNone } from '../../../foundation/common/parse-json.ts';
import type { Reason } from '../../../foundation/reasons/reasons.ts';

/** The script's last line: a result for each certificate; `reason` and `message` when it refused to run. */
const HostReport = z.object({
  perennial: z.literal(1),
  reason: z.optional(z.string()),
  message: z.optional(z.string()),
  results: z.array(
    z.object({
      name: LineageName,
      version: z.optional(z.string()),
      serial: z.optional(z.string()),
      outcome: z.enum(['served', 'unchanged', 'installed-not-served', 'rolled-back', 'failed']),
      reason: z.optional(z.string()),
      message: z.optional(z.string()),
      served: z.optional(z.array(z.string())),
    }),
  ),
});
type HostReport = z.infer<typeof HostReport>;
export type HostResult = HostReport['results'][number];

/** The report in a script's output, if it printed one. */
export function parseHostReport(output: string): HostReport | undefined {
  return orNone(output.trimEnd().split('\n').at(-1), HostReport);
}

/** Whether the host has the version. */
export function isInstalled(outcome: HostResult['outcome']): boolean {
  return outcome === 'served' || outcome === 'unchanged' || outcome === 'installed-not-served';
}

/** Why a host sent no report, from SSM's `StatusDetails`, such as `DeliveryTimedOut`. */
export function explainSilence(
  instanceId: string,
  statusDetails: string,
): { reason: Reason; message: string } {
  const words = statusDetails.replace(/([a-z])([A-Z])/g, '$1-$2').replace(/\s+/g, '-');
  const reason = `ssm-${words.toLowerCase()}` as const;
  return { reason, message: messageOf(reason, instanceId, statusDetails) };
}

function messageOf(reason: Reason, instanceId: string, statusDetails: string): string {
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
