import type { Stack } from '../../foundation/certificate/stack.ts';
import { type Applied, applyEdits } from '../dns/apply-edits.ts';
import { type PlacedEdit, type RecordEdit, recordKey } from '../dns/rules/record-edits.ts';
import { policyFinder } from '../dns/rules/record-names.ts';
import { RecordSetFullError, ZoneError } from '../dns/zones.ts';
import { type Ordered, type RenewRun, runPhase } from './phases.ts';

/** What was written to one zone: the changes to wait for, and the values to look for in the DNS. */
export interface PublishedZone {
  zoneId: string;
  zoneName: string;
  changeIds: string[];
  edits: RecordEdit[];
}

export interface Published {
  renewals: Ordered[];
  zones: PublishedZone[];
  /** Those that a record set had no room for, which were not dropped. */
  full: { renewal: Ordered; placed: PlacedEdit; error: RecordSetFullError }[];
}

/**
 * Writes the TXT and CAA values of all certificates, one change batch a hosted zone, type and policy; a refused one drops
 * its certificates, for which nothing more is written. These go apart because IAM judges a batch as a whole: a role that may
 * mix types could write any TXT, and of several policies one alone has to allow all of it.
 */
export async function publish(run: RenewRun, ordered: readonly Ordered[]): Promise<Published> {
  const zones: PublishedZone[] = [];
  const full: Published['full'] = [];
  let renewals = [...ordered];
  const batches = byBatch(
    run.deps.stack,
    ordered.flatMap((renewal) => renewal.edits),
  );
  for (const batch of batches) {
    const needed = new Set(renewals.flatMap((renewal) => renewal.edits));
    const [first, ...others] = batch.filter((placed) => needed.has(placed));
    if (!first) continue;
    const failureOf = await publishZone(run, [first, ...others], zones);
    full.push(...renewals.flatMap((renewal) => fullFor(renewal, failureOf)));
    renewals = renewals.filter((renewal) => !full.some((one) => one.renewal === renewal));
    renewals = await dropFailed(run, renewals, failureOf);
  }
  return { renewals, zones, full };
}

function fullFor(renewal: Ordered, failureOf: FailureOf): Published['full'] {
  return renewal.edits.flatMap((placed) => {
    const error = failureOf(placed);
    return error instanceof RecordSetFullError ? { renewal, placed, error } : [];
  });
}

/** Why an edit was not written, or is not visible; `undefined` when it is. */
type FailureOf = (placed: PlacedEdit) => unknown;

export function dropFailed(
  run: RenewRun,
  renewals: readonly Ordered[],
  failureOf: FailureOf,
): Promise<Ordered[]> {
  return runPhase(run, renewals, async (renewal) => {
    for (const placed of renewal.edits) {
      const failure = failureOf(placed);
      if (failure !== undefined) throw failure;
    }
    return renewal;
  });
}

async function publishZone(
  { deps }: RenewRun,
  placed: SameZone,
  published: PublishedZone[],
): Promise<FailureOf> {
  const [{ zoneId, zoneName }] = placed;
  const batch = new Set(placed);
  const edits = placed.map(({ edit }) => edit);
  try {
    const { changeIds, refused } = await applyEdits(deps.zones, zoneId, edits);
    const refusals = new Map(refused.map((refusal) => [recordKey(refusal.edit), refusal]));
    const written = edits.filter((edit) => !refusals.has(recordKey(edit)));
    published.push({ zoneId, zoneName, changeIds, edits: written });
    return (one) => {
      const refusal = batch.has(one) ? refusals.get(recordKey(one.edit)) : undefined;
      return refusal && refusedError('refuses', refusal);
    };
  } catch (error) {
    return (one) => (batch.has(one) ? error : undefined);
  }
}

export function refusedError(what: string, { edit, message, error }: Applied['refused'][number]): ZoneError {
  return (
    error ?? new ZoneError('record-refused', `Route 53 ${what} ${edit.type} at ${edit.name}: ${message}`)
  );
}

type SameZone = [PlacedEdit, ...PlacedEdit[]];

function byBatch(stack: Stack, edits: readonly PlacedEdit[]): SameZone[] {
  const policyOf = policyFinder(stack);
  const groups = new Map<string, SameZone>();
  for (const placed of edits) {
    const key = `${placed.zoneId} ${placed.edit.type} ${policyOf(placed.edit)}`;
    const group = groups.get(key);
    if (group) group.push(placed);
    else groups.set(key, [placed]);
  }
  return [...groups.values()];
}
