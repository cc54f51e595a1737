import * as z from 'zod/mini';
import { LineageName } from '../../../foundation/certificate/lineage.ts';
import { orNone } from '../../../foundation/common/parse-json.ts';

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
