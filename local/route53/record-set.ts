/** A resource record set as Route 53 keeps it. */
export interface RecordSet {
  /** Absolute, lower case, with the trailing dot; see `normalizeName`. */
  name: string;
  type: string;
  /** Seconds; absent for an alias. */
  ttl?: number;
  /** As the caller wrote them, in the caller's order; empty for an alias. */
  values: string[];
  setIdentifier?: string;
  /** Everything else (alias target, weight, region, failover…): the elements of the request, as they came. */
  routing: Record<string, unknown>;
}

export interface Change {
  action: 'CREATE' | 'DELETE' | 'UPSERT';
  recordSet: RecordSet;
}

/** The record sets of one zone, by `recordSetKey`. Never changed in place. */
export type RecordSets = ReadonlyMap<string, RecordSet>;

/** No two record sets of a zone have the same. */
export function recordSetKey({ name, type, setIdentifier }: RecordSet): string {
  return [name, type, setIdentifier ?? ''].join(' ');
}

/**
 * A name as Route 53 gives it back: absolute, lower case, characters other than a-z, 0-9, `-`, `_` and `.`
 * as an octal escape (`*` is `\052`).
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
 */
export function normalizeName(name: string): string {
  const plain = name.replace(/\\([0-3][0-7]{2})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
  const escaped = plain
    .toLowerCase()
    .replace(/[^a-z0-9_.-]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return escaped.endsWith('.') ? escaped : `${escaped}.`;
}

/** Whether `name` is `zone` or below it; both normalized. */
export function isWithin(name: string, zone: string): boolean {
  return name === zone || name.endsWith(`.${zone}`);
}

/** Route 53's order: by name with its labels reversed, then by type, then by set identifier. */
export function compareRecordSets(a: RecordSet, b: RecordSet): number {
  return (
    compareStrings(reverseLabels(a.name), reverseLabels(b.name)) ||
    compareStrings(a.type, b.type) ||
    compareStrings(a.setIdentifier ?? '', b.setIdentifier ?? '')
  );
}

/** `www.example.com.` as `com.example.www.` */
export function reverseLabels(name: string): string {
  return `${name.slice(0, -1).split('.').reverse().join('.')}.`;
}

export function compareStrings(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
