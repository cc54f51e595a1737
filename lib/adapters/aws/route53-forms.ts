import type { Change, ResourceRecordSet } from '@aws-sdk/client-route-53';
import type { FoundRecord } from '../../issuance/dns/rules/hosted-zones.ts';
import type { RecordChange } from '../../issuance/dns/rules/record-edits.ts';

/** Route 53 lists its objections in `messages`, or has them all in one message. */
export function refusalsOf(cause: unknown): string[] {
  if (!(cause instanceof Error)) return [String(cause)];
  const messages = 'messages' in cause && Array.isArray(cause.messages) ? cause.messages.map(String) : [];
  return messages.length > 0 ? messages : [cause.message];
}

export function toRoute53({ action, set }: RecordChange): Change {
  return {
    Action: action,
    ResourceRecordSet: {
      Name: set.name,
      Type: set.type,
      TTL: set.ttl,
      ResourceRecords: set.values.map((Value) => ({ Value })),
    },
  };
}

export function toFound(set: ResourceRecordSet): FoundRecord {
  return {
    name: bareName(set.Name ?? ''),
    type: set.Type ?? '',
    kind: set.AliasTarget ? 'alias' : set.SetIdentifier === undefined ? 'simple' : 'routing-policy',
    values: (set.ResourceRecords ?? []).map(({ Value }) => Value ?? ''),
  };
}

/** `/hostedzone/Z1` and `/change/C1` without their path. */
export function bareId(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** Route 53 answers names with a trailing dot and `*` as `\052`. */
export function bareName(name: string): string {
  return name.replace(/\.$/, '').replace('\\052', '*').toLowerCase();
}
