import { isDeepStrictEqual } from 'node:util';
import { checkRecordSet } from './check-record-set.ts';
import { checkLimits } from './limits.ts';
import { type Change, type RecordSet, type RecordSets, recordSetKey } from './record-set.ts';

/** The zone after the batch, or everything that is wrong with the batch, in Route 53's words. */
export type BatchResult = { recordSets: RecordSets } | { errors: string[] };

/**
 * What Route 53 does with a change batch: all of it or nothing, one change after the other, so that DELETE and
 * CREATE of one record set in one batch is a compare-and-swap. All errors are reported together.
 * https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html
 */
export function applyChangeBatch(current: RecordSets, changes: Change[], zoneName: string): BatchResult {
  const malformed = [
    ...checkLimits(changes),
    ...checkRepeated(changes),
    ...changes.flatMap(({ recordSet }) => checkRecordSet(recordSet, zoneName)),
  ];
  if (malformed.length > 0) return { errors: malformed };

  const after = new Map(current);
  const errors = changes.flatMap((change) => applyChange(after, change, zoneName) ?? []);
  const beside = errors.length > 0 ? [] : changes.flatMap((change) => checkBeside(after, change, zoneName));
  const all = [...errors, ...new Set(beside)];
  return all.length > 0 ? { errors: all } : { recordSets: after };
}

function applyChange(
  sets: Map<string, RecordSet>,
  { action, recordSet }: Change,
  zoneName: string,
): string | undefined {
  const key = recordSetKey(recordSet);
  const existing = sets.get(key);
  const what = `resource record set ${describe(recordSet)}`;
  switch (action) {
    case 'CREATE':
      if (existing) return `Tried to create ${what} but it already exists`;
      sets.set(key, recordSet);
      return undefined;
    case 'UPSERT':
      sets.set(key, recordSet);
      return undefined;
    case 'DELETE':
      if (!existing) return `Tried to delete ${what} but it was not found`;
      if (!isSame(existing, recordSet))
        return `Tried to delete ${what} but the values provided do not match the current values`;
      if (recordSet.name === zoneName && (recordSet.type === 'NS' || recordSet.type === 'SOA')) {
        return `A HostedZone must contain ${recordSet.type === 'NS' ? 'at least one NS record' : 'exactly one SOA record'} for the zone itself.`;
      }
      sets.delete(key);
      return undefined;
  }
}

/** DELETE needs every value, in any order, the TTL and all of the routing. */
function isSame(a: RecordSet, b: RecordSet): boolean {
  return (
    a.ttl === b.ttl &&
    isDeepStrictEqual([...a.values].sort(), [...b.values].sort()) &&
    isDeepStrictEqual(a.routing, b.routing)
  );
}

/** One record set may be created, deleted or upserted once, or deleted and then created. */
function checkRepeated(changes: Change[]): string[] {
  const actions = Map.groupBy(changes, ({ recordSet }) => recordSetKey(recordSet));
  return [...actions.values()].flatMap((group) => {
    const [first] = group;
    const sequence = group.map(({ action }) => action).join(' ');
    if (!first || group.length === 1 || sequence === 'DELETE CREATE') return [];
    const { name, type } = first.recordSet;
    return [`The request contains an invalid set of changes for a resource record set '${type} ${name}'`];
  });
}

/** What may not stand beside the record set that was just written, in the zone as it would become. */
function checkBeside(after: RecordSets, { action, recordSet }: Change, zoneName: string): string[] {
  if (action === 'DELETE') return [];
  const { name, type, setIdentifier } = recordSet;
  const neighbours = [...after.values()].filter((other) => other.name === name && other !== recordSet);
  const errors: string[] = [];
  if (type === 'CNAME' && neighbours.some((other) => other.type !== 'CNAME')) {
    errors.push(
      `RRSet of type CNAME with DNS name ${name} is not permitted as it conflicts with other records with the same DNS name in zone ${zoneName}`,
    );
  }
  if (type !== 'CNAME' && neighbours.some((other) => other.type === 'CNAME')) {
    errors.push(
      `RRSet of type ${type} with DNS name ${name} is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone ${zoneName}`,
    );
  }
  const sameType = neighbours.filter((other) => other.type === type);
  if (sameType.some((other) => isRouted(other) !== isRouted(recordSet))) {
    const identifier = setIdentifier === undefined ? 'null' : setIdentifier;
    const kind = isRouted(recordSet) ? 'non multivalue answer' : 'multivalue answer';
    errors.push(
      `RRSet with DNS name ${name}, type ${type}, SetIdentifier ${identifier} cannot be created because a ${kind} rrset exists with the same name and type.`,
    );
  }
  return errors;
}

function isRouted({ setIdentifier }: RecordSet): boolean {
  return setIdentifier !== undefined;
}

function describe({ name, type, setIdentifier }: RecordSet): string {
  const identifier = setIdentifier === undefined ? '' : `, set identifier='${setIdentifier}'`;
  return `[name='${name}', type='${type}'${identifier}]`;
}
