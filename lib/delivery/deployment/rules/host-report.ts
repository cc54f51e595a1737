import * as z from 'zod/mini';
import { LineageName } from '../../../foundation/certificate/lineage.ts';
import { oneLine } from '../../../foundation/common/one-line.ts';
import { orNone } from '../../../foundation/common/parse-json.ts';
import type { Reason } from '../../../foundation/reasons/reasons.ts';

const LONGEST_MESSAGE = 1_000;
/** In short, a run by the group's list prints up to this many. */
const MOST_RESULTS = 250;

const Message = z.pipe(
  z.string(),
  z.transform((text: string) => oneLine(text, LONGEST_MESSAGE)),
);
/** What is no reason's name is none; of those that are, a host may be of another version. */
const SaidReason = z.catch(z.optional(z.string().check(z.regex(/^[a-z0-9-]{1,64}$/))), 'reason-unreadable');

const HostResult = z.object({
  name: LineageName,
  version: z.optional(z.string().check(z.regex(/^[0-9A-Za-z-]{1,64}$/))),
  serial: z.optional(z.string().check(z.regex(/^[0-9A-Fa-f:]{1,64}$/))),
  outcome: z.enum(['served', 'unchanged', 'installed-not-served', 'rolled-back', 'failed']),
  reason: SaidReason,
  message: z.optional(Message),
  served: z.optional(z.array(Message)),
});
export type HostResult = z.infer<typeof HostResult>;

/**
 * The script's last line: a result for each certificate; `reason` and `message` when it refused to run. Whoever is root on the
 * host writes it: it is data, and each text in it is one printable line.
 */
const HostReport = z.object({
  perennial: z.literal(1),
  reason: SaidReason,
  message: z.optional(Message),
  results: z.array(z.unknown()),
});
type HostReport = Omit<z.infer<typeof HostReport>, 'results'> & { results: HostResult[] };

/** The report in a script's output, if it printed one; a result that cannot be read is left out, and no other with it. */
export function parseHostReport(output: string): HostReport | undefined {
  const report = orNone(output.trimEnd().split('\n').at(-1), HostReport);
  if (!report) return undefined;
  const results = new Map<string, HostResult>();
  for (const one of report.results.slice(0, MOST_RESULTS)) {
    const { success, data } = HostResult.safeParse(one);
    if (success && !results.has(data.name)) results.set(data.name, data);
  }
  return { ...report, results: [...results.values()] };
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
