/** A simple record set as Route 53 holds it: values in presentation format, TTL in seconds, name lower case without the trailing dot. */
export interface RecordSet {
  name: string;
  type: 'TXT' | 'CAA';
  ttl: number;
  values: readonly string[];
}

/** Values to add to, or remove from, whatever stands at a name and type; nobody else's value is touched. */
export interface RecordEdit {
  name: string;
  type: RecordSet['type'];
  add: readonly string[];
  remove: readonly string[];
  /** Seconds; used only when the set does not exist yet. */
  ttl: number;
}

export type RecordChange = { action: 'CREATE' | 'DELETE'; set: RecordSet };

/**
 * The changes that turn `current` into what the edit asks for: compare-and-swap, `DELETE` of the exact old set and
 * `CREATE` of the new one, so that a concurrent change of somebody else makes Route 53 refuse instead of losing it.
 */
export function changesFor(edit: RecordEdit, current: RecordSet | undefined): RecordChange[] {
  const kept = (current?.values ?? []).filter((value) => !edit.remove.includes(value));
  const values = [...kept, ...edit.add.filter((value) => !kept.includes(value))];
  if (
    current &&
    values.length === current.values.length &&
    values.every((value) => current.values.includes(value))
  )
    return [];
  const changes: RecordChange[] = [];
  if (current) changes.push({ action: 'DELETE', set: current });
  if (values.length > 0)
    changes.push({
      action: 'CREATE',
      set: { name: edit.name, type: edit.type, ttl: current?.ttl ?? edit.ttl, values },
    });
  return changes;
}

/**
 * What an edit supposes to find before anything was read: an addition supposes an empty name, a removal exactly what we
 * added. Route 53 refuses the change when the supposition is wrong, and only then is the set read.
 */
export function supposedSet(edit: RecordEdit): RecordSet | undefined {
  if (edit.remove.length === 0) return undefined;
  return { name: edit.name, type: edit.type, ttl: edit.ttl, values: edit.remove };
}

/** One edit a name and type, values of equal places put together. */
export function mergeEdits(edits: readonly RecordEdit[]): RecordEdit[] {
  const merged = new Map<string, RecordEdit>();
  for (const edit of edits) {
    const key = recordKey(edit);
    const before = merged.get(key);
    merged.set(key, {
      ...edit,
      add: [...new Set([...(before?.add ?? []), ...edit.add])],
      remove: [...new Set([...(before?.remove ?? []), ...edit.remove])],
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

/** Groups of changes, one group an edit and never torn apart, packed into batches within Route 53's limits. */
export function packChanges(groups: readonly RecordChange[][]): RecordChange[][][] {
  const batches: RecordChange[][][] = [];
  let elements = 0;
  let characters = 0;
  for (const group of groups) {
    const values = group.flatMap(({ set }) => set.values);
    const size = values.reduce((sum, value) => sum + value.length, 0);
    const open = batches.at(-1);
    if (open && elements + values.length <= MAX_ELEMENTS && characters + size <= MAX_CHARACTERS) {
      open.push(group);
      elements += values.length;
      characters += size;
    } else {
      batches.push([group]);
      elements = values.length;
      characters = size;
    }
  }
  return batches;
}

/** A record edit and the hosted zone it goes to. */
export interface PlacedEdit {
  zoneId: string;
  zoneName: string;
  edit: RecordEdit;
}
