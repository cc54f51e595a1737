import type { CheckSummary } from '../../../foundation/events/events.ts';
import { isNobodyThere, type Trouble } from './trouble.ts';

/** Whether a check, which began after the trouble arose, shows that it is over. */
export function isGone(trouble: Trouble, checked: CheckSummary): boolean {
  const { failing, overdue, rejected, hostsBehind, groupsOnline, unwell, pinned, warnings } = checked;
  const { kind, subject } = trouble;
  if (kind === 'file') return !isPerhapsAmong(rejected, [subject]);
  // Of a certificate whose file cannot be used, the check knows nothing.
  if (isPerhapsAmong(rejected, kind === 'deployment' ? trouble.names : [subject])) return false;
  switch (kind) {
    case 'renewal':
      // Nothing tries it again: whoever forced it hears of it first.
      if (trouble.forced && Object.keys(trouble.told).length === 0) return false;
      return isAll(failing) && !failing.items.includes(subject);
    case 'overdue':
      return isAll(overdue) && !overdue.items.includes(subject);
    case 'health': {
      const isStill = ({ name, health }: { name: string; health: string }) =>
        name === subject && health === trouble.reason;
      return unwell !== undefined && isAll(unwell) && !unwell.items.some(isStill);
    }
    case 'deployment':
      if (hostsBehind.groups.includes(subject)) return false;
      return isNobodyThere(trouble) ? (groupsOnline?.includes(subject) ?? false) : warnings.length === 0;
    case 'pin':
      return pinned !== undefined && isAll(pinned) && !pinned.items.some(({ name }) => name === subject);
    // Their own events end these, or a day without them.
    case 'import':
    case 'site':
    case 'object':
    case 'window':
    case 'pin-end':
      return false;
  }
}

function isPerhapsAmong({ count, items }: CheckSummary['rejected'], names: readonly string[]): boolean {
  return items.some(({ name }) => names.includes(name)) || count > items.length;
}

const isAll = ({ count, items }: { count: number; items: readonly unknown[] }) => count <= items.length;
