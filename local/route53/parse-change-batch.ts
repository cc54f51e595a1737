import { type Change, normalizeName, type RecordSet } from './record-set.ts';
import { parseXml } from './xml.ts';

/** What a ChangeResourceRecordSets request asks for, or why it is refused before its changes are looked at. */
export type ParsedBatch = { changes: Change[]; comment?: string } | { code: string; message: string };

type Element = Record<string, unknown>;

/** Reads the body of a ChangeResourceRecordSets request. */
export function parseChangeBatch(body: string): ParsedBatch {
  const batch = readBatch(body);
  const list = (batch?.Changes as Element | undefined)?.Change as Element[] | undefined;
  if (!batch || !list?.length) {
    return {
      code: 'MalformedInput',
      message: 'ChangeBatch is not valid, expected ChangeResourceRecordSetsRequest',
    };
  }
  const changes: Change[] = [];
  for (const element of list) {
    const change = readChange(element);
    if ('message' in change) return change;
    changes.push(change);
  }
  return typeof batch.Comment === 'string' ? { changes, comment: batch.Comment } : { changes };
}

function readBatch(body: string): Element | undefined {
  try {
    const request = parseXml(body).ChangeResourceRecordSetsRequest as Element | undefined;
    return request?.ChangeBatch as Element | undefined;
  } catch {
    return undefined;
  }
}

function readChange({
  Action: action,
  ResourceRecordSet: element,
}: Element): Change | { code: string; message: string } {
  if (action !== 'CREATE' && action !== 'DELETE' && action !== 'UPSERT') {
    const known = '[CREATE, DELETE, UPSERT]';
    return {
      code: 'InvalidInput',
      message: `Invalid XML ; Action '${String(action)}' is not one of ${known}`,
    };
  }
  const { Name, Type, SetIdentifier, TTL, ResourceRecords, ...routing } = (element ?? {}) as Element;
  const values = readValues(ResourceRecords as Element | undefined);
  const isAlias = 'AliasTarget' in routing;
  if (
    isAlias === (TTL !== undefined && values.length > 0) ||
    isAlias === (TTL !== undefined || values.length > 0)
  ) {
    const identifier = SetIdentifier === undefined ? 'null' : String(SetIdentifier);
    const where = `[Action=${action}, Name=${String(Name)}, Type=${String(Type)}, SetIdentifier=${identifier}]`;
    const expected = '[AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]';
    const found = isAlias ? 'more than one' : 'none';
    const message = `Invalid request: Expected exactly one of ${expected}, but found ${found} in Change with ${where}`;
    return { code: 'InvalidInput', message };
  }
  const recordSet: RecordSet = { name: normalizeName(String(Name)), type: String(Type), values, routing };
  if (TTL !== undefined) recordSet.ttl = Number(TTL);
  if (SetIdentifier !== undefined) recordSet.setIdentifier = String(SetIdentifier);
  return { action, recordSet };
}

function readValues(records: Element | undefined): string[] {
  const list = (records?.ResourceRecord ?? []) as Element[];
  return list.map(({ Value: value }) => String(value));
}
