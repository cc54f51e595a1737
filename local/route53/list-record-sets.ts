import { compareRecordSets, normalizeName, type RecordSet, type RecordSets } from './record-set.ts';
import { recordSetElement } from './record-set-xml.ts';

const MAX_ITEMS = 300;

/**
 * The content of a ListResourceRecordSets answer: record sets in Route 53's order, from `name`, `type` and
 * `identifier` of the query on, at most `maxitems` (300).
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html
 */
export function listRecordSets(recordSets: RecordSets, query: URLSearchParams): Record<string, unknown> {
  const sorted = [...recordSets.values()].sort(compareRecordSets);
  const from = firstOf(query);
  const rest = from ? sorted.filter((recordSet) => compareRecordSets(recordSet, from) >= 0) : sorted;
  const maxItems = Math.min(Number(query.get('maxitems') ?? MAX_ITEMS), MAX_ITEMS);
  const next = rest[maxItems];
  return {
    ResourceRecordSets: { ResourceRecordSet: rest.slice(0, maxItems).map(recordSetElement) },
    IsTruncated: next !== undefined,
    NextRecordName: next?.name,
    NextRecordType: next?.type,
    NextRecordIdentifier: next?.setIdentifier,
    MaxItems: maxItems,
  };
}

function firstOf(query: URLSearchParams): RecordSet | undefined {
  const name = query.get('name');
  if (name === null) return undefined;
  const setIdentifier = query.get('identifier') ?? '';
  return { name: normalizeName(name), type: query.get('type') ?? '', setIdentifier, values: [], routing: {} };
}
