import { fitsSet, type PlacedEdit, type RecordSet, recordKey } from './record-edits.ts';

/** Identifies the record set of an edit. */
export const setKey = ({ zoneId, edit }: PlacedEdit) => `${zoneId} ${recordKey(edit)}`;

/** What stands in record sets besides what is planned, by {@link setKey}; a set that is not there counts as empty. */
export type Standing = ReadonlyMap<string, Pick<RecordSet, 'values' | 'ttl'>>;

/**
 * Who writes at once, because every record set has room for all its values, and who has to wait until those are removed. In
 * order: what comes first waits for nobody who comes later.
 */
export function nextTurn<Of extends { edits: readonly PlacedEdit[] }>(
  waiting: readonly Of[],
  standing: Standing,
): { now: Of[]; later: Of[] } {
  const planned = new Map<string, readonly string[]>();
  const valuesWith = (placed: PlacedEdit) => {
    const key = setKey(placed);
    const there = planned.get(key) ?? standing.get(key)?.values ?? [];
    return [key, [...new Set([...there, ...placed.edit.add])]] as const;
  };
  const now: Of[] = [];
  const later: Of[] = [];
  for (const one of waiting) {
    const before = new Map(planned);
    for (const placed of one.edits) planned.set(...valuesWith(placed));
    if (one.edits.every((placed) => fitsSet(planned.get(setKey(placed)) ?? []))) now.push(one);
    else {
      later.push(one);
      planned.clear();
      for (const [key, values] of before) planned.set(key, values);
    }
  }
  return { now, later };
}
