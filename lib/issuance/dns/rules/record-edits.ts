/** A simple record set as Route 53 holds it: values in presentation format, TTL in seconds, name lower case without the trailing dot. */
export interface RecordSet {
  name: string;
  type: 'TXT' | 'CAA';
  ttl: number;
  values: readonly string[];
}

/** Values to add to, or remove from, the set at a name and type; other values are never touched. */
export interface RecordEdit {
  name: string;
  type: RecordSet['type'];
  add: readonly string[];
  remove: readonly string[];
  /** Seconds; used only when the set does not exist yet. */
  ttl: number;
  /** The values that it was decided by, empty for no set: a set that has become another one is not changed. */
  decidedBy?: readonly string[];
}

/** Whether a set is still what the edit was decided by, but for what the edit itself changes. */
export function isStillDecided(
  { add, remove, decidedBy }: RecordEdit,
  current: RecordSet | undefined,
): boolean {
  if (!decidedBy) return true;
  const values = current?.values ?? [];
  const isKnown = values.every((value) => decidedBy.includes(value) || add.includes(value));
  return isKnown && decidedBy.every((value) => values.includes(value) || remove.includes(value));
}

export type RecordChange = { action: 'CREATE' | 'DELETE'; set: RecordSet };

/**
 * The changes that turn `current` into what the edit asks for: compare-and-swap, `DELETE` of the exact old set and
 * `CREATE` of the new one, so that Route 53 refuses it after a concurrent change by others, instead of losing theirs.
 */
export function changesFor(edit: RecordEdit, current: RecordSet | undefined): RecordChange[] {
  const { name, type, add, remove } = edit;
  const before = current?.values ?? [];
  const kept = before.filter((value) => !remove.includes(value));
  const values = [...kept, ...add.filter((value) => !kept.includes(value))];
  if (values.length === before.length && values.every((value) => before.includes(value))) return [];
  const changes: RecordChange[] = [];
  if (current) changes.push({ action: 'DELETE', set: current });
  const ttl = current?.ttl ?? edit.ttl;
  if (values.length > 0) changes.push({ action: 'CREATE', set: { name, type, ttl, values } });
  return changes;
}

/**
 * What an edit supposes to find before anything is read: the set that it was decided by; else an addition supposes no set, a
 * removal exactly what we added. Route 53 refuses the change when that is wrong, and only then is the set read.
 */
export function supposedSet({ name, type, ttl, remove, decidedBy = [] }: RecordEdit): RecordSet | undefined {
  const values = decidedBy.length > 0 ? decidedBy : remove;
  return values.length === 0 ? undefined : { name, type, ttl, values };
}

/** One edit for each name and type, with the values of all. */
export function mergeEdits(edits: readonly RecordEdit[]): RecordEdit[] {
  const merged = new Map<string, RecordEdit>();
  for (const edit of edits) {
    const key = recordKey(edit);
    const { add = [], remove = [] }: Partial<RecordEdit> = merged.get(key) ?? {};
    merged.set(key, {
      ...edit,
      add: [...new Set([...add, ...edit.add])],
      remove: [...new Set([...remove, ...edit.remove])],
    });
  }
  return [...merged.values()];
}

export function recordKey({ name, type }: Pick<RecordSet, 'name' | 'type'>): string {
  return `${type} ${name}`;
}

/** Route 53's limits of one batch (developer guide, "Quotas"): ResourceRecord elements, and characters of their values. */
const MAX_ELEMENTS = 1000;
const MAX_CHARACTERS = 32_000;

/** Values of one record set (as above). */
const MAX_VALUES = 400;

/**
 * Whether Route 53 takes a set of these values, and would take any change of it: a swap sends the values of before and of
 * after in one batch.
 */
export function fitsSet(values: readonly string[]): boolean {
  return values.length <= MAX_VALUES && 2 * values.join('').length <= MAX_CHARACTERS;
}

/** Groups of changes, one for each edit and never split, packed into batches within Route 53's limits. */
export function packChanges(groups: readonly RecordChange[][]): RecordChange[][][] {
  const batches: RecordChange[][][] = [];
  let elements = 0;
  let characters = 0;
  for (const group of groups) {
    const values = group.flatMap(({ set }) => set.values);
    const size = values.join('').length;
    elements += values.length;
    characters += size;
    if (batches.length === 0 || elements > MAX_ELEMENTS || characters > MAX_CHARACTERS) {
      batches.push([]);
      elements = values.length;
      characters = size;
    }
    batches.at(-1)?.push(group);
  }
  return batches;
}

/** A record edit and the hosted zone it goes to. */
export interface PlacedEdit {
  zoneId: string;
  zoneName: string;
  edit: RecordEdit;
}
