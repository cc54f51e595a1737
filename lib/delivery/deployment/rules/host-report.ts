import * as z from 'zod/mini';
import { LineageName } from '../../../foundation/certificate/lineage.ts';
import { orNone } from '../../../foundation/common/parse-json.ts';
import type { Reason } from '../../../foundation/reasons/reasons.ts';

/** What the script prints as its last line: one result a certificate; `reason` and `message` where the whole run was refused. */
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

/** The report in a script's output; `undefined` when it ended without printing one. */
export function parseHostReport(output: string): HostReport | undefined {
  return orNone(output.trimEnd().split('\n').at(-1), HostReport);
}

/** Whether the host holds the version and nothing is left to do there. */
export function isInstalled(outcome: HostResult['outcome']): boolean {
  return outcome === 'served' || outcome === 'unchanged' || outcome === 'installed-not-served';
}

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
