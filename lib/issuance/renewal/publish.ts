import { applyEdits } from '../dns/apply-edits.ts';
import type { PlacedEdit, RecordEdit } from '../dns/rules/record-edits.ts';
import { ZoneError, type ZonesOf } from '../dns/zones.ts';
import type { RenewDeps } from './deps.ts';
import type { Claimed, Ordered, RenewRun } from './phases.ts';

/** One zone's part of a publication: the changes to wait for, and what has to be seen in the DNS. */
export interface PublishedZone {
  zoneId: string;
  zoneName: string;
  changeIds: string[];
  edits: RecordEdit[];
}

export interface Published {
  renewals: Ordered[];
  zones: PublishedZone[];
}

/**
 * Writes the TXT and CAA values of all certificates, one change batch a hosted zone and type; a refused one drops its
 * certificate. The types go apart because IAM judges a batch as a whole: a role that may mix them could write any TXT.
 */
export async function publish(run: RenewRun, renewals: readonly Ordered[]): Promise<Published> {
  const zones: PublishedZone[] = [];
  let left = [...renewals];
  for (const edits of apart(renewals.flatMap((renewal) => renewal.edits))) {
    const [{ zoneId, zoneName }] = edits;
    const failures = await publishZone(
      run,
      { zoneId, zoneName, edits: edits.map(({ edit }) => edit) },
      zones,
    );
    left = left.filter((renewal) => {
      const failure = failures(renewal);
      if (failure) run.drop(renewal, failure);
      return !failure;
    });
  }
  return { renewals: left, zones };
}

async function publishZone(
  { deps }: RenewRun,
  zone: Omit<PublishedZone, 'changeIds'>,
  published: PublishedZone[],
): Promise<(renewal: Ordered) => Error | undefined> {
  const touches = ({ edits }: Ordered) => edits.some(({ zoneId }) => zoneId === zone.zoneId);
  try {
    const { changeIds, refused } = await applyEdits(deps.zones, zone.zoneId, zone.edits);
    published.push({
      ...zone,
      changeIds,
      edits: zone.edits.filter((edit) => !refused.some((refusal) => sameRecord(refusal.edit, edit))),
    });
    return (renewal) => {
      const refusal = refused.find(({ edit }) =>
        renewal.edits.some((placed) => placed.zoneId === zone.zoneId && sameRecord(placed.edit, edit)),
      );
      return (
        refusal &&
        new ZoneError(
          'record-refused',
          `Route 53 refuses ${refusal.edit.type} at ${refusal.edit.name}: ${refusal.message}`,
        )
      );
    };
  } catch (error) {
    return (renewal) => (touches(renewal) && error instanceof Error ? error : undefined);
  }
}

/**
 * Removes exactly the TXT values that were recorded, from whatever stands there now; absent already is done. A zone that
 * fails keeps no other from being cleaned; its error is thrown at the end.
 */
export async function cleanUp(
  { zonesOf }: Pick<RenewDeps, 'zonesOf'>,
  records: readonly LeftRecord[],
): Promise<void> {
  const texts = records.filter(({ edit }) => edit.type === 'TXT');
  const apiece = apart(texts, ({ zoneRole = '', zoneId }) => `${zoneRole} ${zoneId}`);
  const cleaned = await Promise.allSettled(apiece.map((edits) => cleanZone(zonesOf, edits)));
  for (const result of cleaned) if (result.status === 'rejected') throw result.reason;
}

async function cleanZone(zonesOf: ZonesOf, edits: [LeftRecord, ...LeftRecord[]]): Promise<void> {
  const [{ zoneId, zoneRole }] = edits;
  const removals = edits.map(({ edit }): RecordEdit => ({ ...edit, add: [], remove: edit.add }));
  const { refused } = await applyEdits(zonesOf(zoneRole), zoneId, removals);
  const [first] = refused;
  if (first)
    throw new ZoneError(
      'record-refused',
      `Route 53 refuses to remove ${first.edit.type} at ${first.edit.name}: ${first.message}`,
    );
}

/** What was recorded before it was written, with the role that its zone was reached through. */
interface LeftRecord extends PlacedEdit {
  zoneRole: string | undefined;
}

/** All TXT values that this run or an earlier one recorded for the certificate. */
export function leftRecords({ claim }: Claimed): LeftRecord[] {
  return claim.recorded.records.map(({ zoneId, zoneRole, name, type, values, ttl }) => ({
    zoneId,
    zoneRole,
    zoneName: '',
    edit: { name, type, add: values, remove: [], ttl },
  }));
}

/** The edits by hosted zone and type. */
function apart<Placed extends PlacedEdit>(
  edits: readonly Placed[],
  zoneOf = ({ zoneId }: Placed) => zoneId,
): [Placed, ...Placed[]][] {
  const groups = new Map<string, [Placed, ...Placed[]]>();
  for (const placed of edits) {
    const key = `${zoneOf(placed)} ${placed.edit.type}`;
    const group = groups.get(key);
    if (group) group.push(placed);
    else groups.set(key, [placed]);
  }
  return [...groups.values()];
}

function sameRecord(a: RecordEdit, b: RecordEdit): boolean {
  return a.type === b.type && a.name === b.name;
}
