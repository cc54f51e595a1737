import type { ResourceChange } from '@aws-sdk/client-cloudformation';

/** What would happen to one resource. */
export interface Change {
  /** As CloudFormation says: `Add`, `Modify` or `Remove`. */
  action: string;
  type: string;
  /** Its logical id. */
  id: string;
  /** Whether it would be made anew: `maybe` where that depends on values. */
  replacement: 'yes' | 'maybe' | 'no';
  /** The properties that differ. */
  details: string[];
}

const REPLACEMENTS = new Map<string | undefined, Change['replacement']>([
  ['True', 'yes'],
  ['Conditional', 'maybe'],
]);

export function changeOf(change: ResourceChange): Change {
  const {
    Action = '',
    ResourceType = '',
    LogicalResourceId = '',
    Replacement,
    Details = [],
    Scope = [],
  } = change;
  const names = Details.flatMap(({ Target }) => Target?.Name ?? Target?.Attribute ?? []);
  return {
    action: Action,
    type: ResourceType,
    id: LogicalResourceId,
    replacement: REPLACEMENTS.get(Replacement) ?? 'no',
    details: [...new Set(names.length > 0 ? names : Scope)].sort(),
  };
}

/** CloudFormation calls a change set that has nothing to change a failure, and says which only in words. */
export const isWithoutChanges = (reason = '') =>
  /didn't contain changes|No updates are to be performed/.test(reason);
