import { normalizeName, type RecordSet } from './record-set.ts';

type Element = Record<string, unknown>;

/** A record set as the API shows it. */
export function recordSetElement({ name, type, setIdentifier, routing, ttl, values }: RecordSet): Element {
  return {
    Name: name,
    Type: type,
    SetIdentifier: setIdentifier,
    ...routing,
    TTL: ttl,
    ResourceRecords: values.length > 0 ? { ResourceRecord: values.map((Value) => ({ Value })) } : undefined,
  };
}

/** A record set as moto shows it; moto leaves out the trailing dot of some values. */
export function readRecordSet(element: Element): RecordSet {
  const { Name, Type, SetIdentifier, TTL, ResourceRecords, ...routing } = element;
  const records = ((ResourceRecords as Element | undefined)?.ResourceRecord ?? []) as Element[];
  const recordSet: RecordSet = {
    name: normalizeName(String(Name)),
    type: String(Type),
    values: records.map(({ Value: value }) => String(value)),
    routing,
  };
  if (TTL !== undefined) recordSet.ttl = Number(TTL);
  if (SetIdentifier !== undefined) recordSet.setIdentifier = String(SetIdentifier);
  return recordSet;
}
