import * as z from 'zod/mini';
import { isMeant } from '../../../foundation/common/is-meant.ts';
import { ownObject } from '../../../foundation/common/own-object.ts';
import { isOfKind, type SaidReason } from '../../../foundation/reasons/reasons.ts';
import type { HostResult } from './host-report.ts';

/** What became of a certificate at the last command. */
const Run = ownObject({
  /** The last version that was installed. */
  version: z.optional(z.string()),
  outcome: z.string(),
  reason: z.optional(z.string()),
  message: z.optional(z.string()),
  at: z.string(),
  commandId: z.string(),
  /** When the command was requested, by SSM's clock. */
  requestedAt: z.optional(z.string()),
});

/** A run that cannot be read counts as none: the next check has that certificate installed again, and no other. */
function readRuns(runs: Record<string, unknown>): Record<string, z.infer<typeof Run>> {
  return Object.fromEntries(
    Object.entries(runs).flatMap(([name, run]) => {
      const { success, data } = Run.safeParse(run);
      return success ? [[name, data]] : [];
    }),
  );
}

/** `hosts/<instance-id>.json`: what that host serves, by lineage. */
export const HostRecord = ownObject({
  instanceId: z.string(),
  group: z.string(),
  lineages: z.pipe(z.record(z.string(), z.unknown()), z.transform(readRuns)),
});
export type HostRecord = z.infer<typeof HostRecord>;
type Recorded = HostRecord['lineages'][string];

/** A certificate may be called as a property that every object has. */
export function runOf(record: Pick<HostRecord, 'lineages'> | undefined, name: string): Recorded | undefined {
  return record && Object.hasOwn(record.lineages, name) ? record.lineages[name] : undefined;
}

const indexed = new WeakMap<readonly HostRecord[], ReadonlyMap<string, HostRecord>>();

/** Made once for each list: all certificates of a check are judged by the same. */
export function recordsById(records: readonly HostRecord[]): ReadonlyMap<string, HostRecord> {
  const known = indexed.get(records) ?? new Map(records.map((record) => [record.instanceId, record]));
  indexed.set(records, known);
  return known;
}

interface CommandTime {
  commandId: string;
  requestedAt?: Date | undefined;
  at: Date;
}

/** Whether a command's result is recorded already, or that of a newer command: SSM's events come late, and twice. */
export function isPast(recorded: Recorded | undefined, command: CommandTime): boolean {
  return recorded !== undefined && (recorded.commandId === command.commandId || isOlder(command, recorded));
}

/** An instant in the future, by a clock that was wrong, counts as none. */
function isOlder({ requestedAt, at }: CommandTime, recorded: Recorded): boolean {
  const known = Date.parse(recorded.requestedAt ?? '');
  return requestedAt !== undefined && requestedAt.getTime() < known && known <= at.getTime();
}

/** The record without instants that cannot be meant: no run was after the record was written. */
export function believedRecord({ lineages, ...record }: HostRecord, modified: Date): HostRecord {
  const runs = Object.entries(lineages).map(([name, run]) => {
    return [name, isMeant(run.at, modified) ? run : { ...run, at: '' }] as const;
  });
  const isBelieved = runs.every(([name, run]) => run === lineages[name]);
  return { ...record, lineages: isBelieved ? lineages : Object.fromEntries(runs) };
}

/** Whether the command never reached this host, because SSM or somebody stopped it before. */
export function neverRan({ reason }: { reason?: SaidReason | undefined }): boolean {
  return reason !== undefined && isOfKind(reason, 'never-ran');
}

/** The record after a command's results. A failed version leaves the one that the host still has. */
export function recordResults(
  before: HostRecord | undefined,
  results: readonly HostResult[],
  context: CommandTime & { instanceId: string; group: string },
): HostRecord {
  const lineages = { ...before?.lineages };
  for (const result of results) {
    const known = runOf(before, result.name);
    lineages[result.name] = {
      ...known,
      version: hasFailed(result) ? known?.version : result.version,
      outcome: result.outcome,
      reason: result.reason,
      message: result.message,
      at: context.at.toISOString(),
      commandId: context.commandId,
      requestedAt: context.requestedAt?.toISOString() ?? known?.requestedAt,
    };
  }
  // The host may have moved to another group since.
  const late = before && Object.values(before.lineages).some((recorded) => isOlder(context, recorded));
  const group = late ? before.group : context.group;
  return { ...before, instanceId: context.instanceId, group, lineages };
}

export function hasFailed({ outcome }: { outcome: string }): boolean {
  return outcome === 'failed' || outcome === 'rolled-back';
}
