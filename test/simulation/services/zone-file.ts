import {
  type RecordChange,
  type RecordSet,
  recordKey,
} from '../../../lib/issuance/dns/rules/record-edits.ts';

export const SERVERS = 4;

interface Publication {
  /** When each name server gives it. */
  at: readonly number[];
  set: RecordSet | undefined;
}

/** One hosted zone: what Route 53 holds, and what each of its name servers gives by now. */
export class ZoneFile {
  readonly id: string;
  readonly name: string;
  readonly nameServers: readonly string[];
  readonly sets = new Map<string, RecordSet>();
  readonly #published = new Map<string, Publication[]>();

  constructor(id: string, name: string) {
    this.id = id;
    this.name = name;
    this.nameServers = Array.from({ length: SERVERS }, (_, index) => `ns-${index}.${id.toLowerCase()}.test`);
  }

  /** Route 53's words for what it refuses; none when the batch was carried out. */
  apply(changes: readonly RecordChange[], publishedAt: readonly number[], now: number): string[] {
    const after = new Map(this.sets);
    const refusals = changes.flatMap((change) => refusalOf(after, change) ?? []);
    if (refusals.length > 0) return refusals;
    for (const key of new Set(changes.map(({ set }) => recordKey(set)))) {
      const set = after.get(key);
      if (set) this.sets.set(key, set);
      else this.sets.delete(key);
      this.#publish(key, { at: publishedAt, set }, now);
    }
    return [];
  }

  /** Somebody else's hand. */
  overwrite(set: RecordSet, now: number): void {
    const key = recordKey(set);
    if (set.values.length > 0) this.sets.set(key, set);
    else this.sets.delete(key);
    const at = Array.from({ length: SERVERS }, () => now);
    this.#publish(key, { at, set: this.sets.get(key) }, now);
  }

  /** What one server gives. */
  given(key: string, server: number, now: number): RecordSet | undefined {
    const publications = this.#published.get(key) ?? [];
    return publications.findLast(({ at }) => (at[server] ?? 0) <= now)?.set;
  }

  #publish(key: string, publication: Publication, now: number): void {
    const known = this.#published.get(key) ?? [];
    // What all servers have replaced is of no use.
    const newest = known.findLastIndex(({ at }) => at.every((instant) => instant <= now));
    const kept = [...known.slice(Math.max(0, newest)), publication];
    if (kept.length === 1 && !publication.set) this.#published.delete(key);
    else this.#published.set(key, kept);
  }
}

function refusalOf(sets: Map<string, RecordSet>, { action, set }: RecordChange): string | undefined {
  const key = recordKey(set);
  const quoted = `[name='${set.name.replace('*', '\\052')}.', type='${set.type}']`;
  const found = sets.get(key);
  if (action === 'CREATE') {
    if (found) return `Tried to create resource record set ${quoted} but it already exists`;
    if (set.values.length > 400) return `Too many values in resource record set ${quoted}: at most 400`;
    sets.set(key, set);
    return undefined;
  }
  if (!found) return `Tried to delete resource record set ${quoted} but it was not found`;
  const isSame =
    found.ttl === set.ttl &&
    found.values.length === set.values.length &&
    found.values.every((value) => set.values.includes(value));
  if (!isSame)
    return `Tried to delete resource record set ${quoted} but the values provided do not match the current values`;
  sets.delete(key);
  return undefined;
}
