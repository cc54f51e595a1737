import * as z from 'zod/mini';
import { isMeant } from '../../../foundation/common/is-meant.ts';
import { ownObject } from '../../../foundation/common/own-object.ts';
import { isOfKind, type SaidReason } from '../../../foundation/reasons/reasons.ts';
import type { HostResult } from './host-report.ts';

/** `hosts/<instance-id>.json`: what that host serves, by lineage. */
export const HostRecord = ownObject({
  instanceId: z.string(),
  group: z.string(),
  lineages: z.record(
    z.string(),
    ownObject({
      /** The last version that was installed. */
      version: z.optional(z.string()),
      outcome: z.string(),
      reason: z.optional(z.string()),
      message: z.optional(z.string()),
      at: z.string(),
      commandId: z.string(),
    }),
  ),
});
export type HostRecord = z.infer<typeof HostRecord>;

/** The record without instants that cannot be meant: no run was after the record was written. */
export function believedRecord({ lineages, ...record }: HostRecord, modified: Date): HostRecord {
  const runs = Object.entries(lineages).map(([name, run]) => {
    return [name, isMeant(run.at, modified) ? run : { ...run, at: '' }];
  });
  return { ...record, lineages: Object.fromEntries(runs) };
}

/** Whether the command never reached this host, because SSM or somebody stopped it before. */
export function neverRan({ reason }: { reason?: SaidReason | undefined }): boolean {
  return reason !== undefined && isOfKind(reason, 'never-ran');
}

/** The record after a command's results. A failed version leaves the one that the host still has. */
export function recordResults(
  before: HostRecord | undefined,
  results: readonly HostResult[],
  context: { instanceId: string; group: string; commandId: string; at: Date },
): HostRecord {
  const lineages = { ...before?.lineages };
  for (const result of results) {
    const failed = result.outcome === 'failed' || result.outcome === 'rolled-back';
    lineages[result.name] = {
      ...before?.lineages[result.name],
      version: failed ? before?.lineages[result.name]?.version : result.version,
      outcome: result.outcome,
      reason: result.reason,
      message: result.message,
      at: context.at.toISOString(),
      commandId: context.commandId,
    };
  }
  return { ...before, instanceId: context.instanceId, group: context.group, lineages };
}
