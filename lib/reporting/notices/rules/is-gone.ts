import { isSweptOnly } from '../../../foundation/certificate/own-keys.ts';
import type { CheckSummary } from '../../../foundation/events/events.ts';
import { isHealed, isNobodyThere, type Trouble } from './trouble.ts';

/** Whether a check, which began after the trouble arose, shows that it is over. */
export function isGone(trouble: Trouble, checked: CheckSummary): boolean {
  const { start, failing, overdue, rejected, hostsBehind, groupsOnline, unwell, pinned, warnings } = checked;
  const { kind, subject } = trouble;
  if (isPerhapsUnseen(trouble, checked)) return false;
  if (kind === 'file' && isSweptOnly(subject) && start !== 'weekly-sweep') return false;
  if (kind === 'file') return !isPerhapsAmong(rejected, [subject]);
  // Of a certificate whose file cannot be used, the check knows nothing; that hosts are there or have installed, they show.
  const isShown = kind === 'deployment' && (isHealed(trouble) || isNobodyThere(trouble));
  if (!isShown && isPerhapsAmong(rejected, kind === 'deployment' ? trouble.names : [subject])) return false;
  switch (kind) {
    case 'renewal':
      // Nothing tries it again: whoever forced it hears of it first.
      if (trouble.forced && Object.keys(trouble.told).length === 0) return false;
      return isAll(failing) && !isNamed(trouble, checked);
    case 'overdue':
      return isAll(overdue) && !isNamed(trouble, checked);
    case 'health':
      return isAll(unwell) && !isNamed(trouble, checked);
    case 'pin':
      return isAll(pinned) && !isNamed(trouble, checked);
    case 'deployment':
      if (hostsBehind.groups.includes(subject)) return false;
      return isNobodyThere(trouble) ? (groupsOnline?.includes(subject) ?? false) : warnings.length === 0;
    // Their own events end these, or a day without them.
    case 'import':
    case 'site':
    case 'object':
    case 'window':
    case 'pin-end':
      return false;
  }
}

/** Whether a check that does not name the trouble could not read what would show it. */
export function isPerhapsUnseen(trouble: Trouble, checked: CheckSummary): boolean {
  const { kind, subject, reason } = trouble;
  if (!checked.unseen || isNamed(trouble, checked)) return false;
  const { hosts, strays, names } = checked.unseen;
  if (kind === 'file') return strays && reason === 'stray-object';
  if (kind === 'health' && reason === 'revoked' && hosts) return true;
  return (kind === 'health' || kind === 'renewal') && names.includes(subject);
}

/** Whether a check names a certificate for just this trouble. */
export function isNamed({ kind, subject, reason }: Trouble, checked: CheckSummary): boolean {
  const { failing, overdue, rejected, unwell, pinned } = checked;
  const isAmong = (items: readonly { name: string }[] = []) => items.some(({ name }) => name === subject);
  switch (kind) {
    case 'renewal':
      return failing.items.includes(subject);
    case 'overdue':
      return overdue.items.includes(subject);
    case 'file':
      return isAmong(rejected.items);
    case 'health':
      return isAmong(unwell?.items.filter(({ health }) => health === reason));
    case 'pin':
      return isAmong(pinned?.items);
    default:
      return false;
  }
}

function isPerhapsAmong({ count, items }: CheckSummary['rejected'], names: readonly string[]): boolean {
  return items.some(({ name }) => names.includes(name)) || count > items.length;
}

/** Whether a list is there, and names all. */
const isAll = (list: { count: number; items: readonly unknown[] } | undefined) =>
  list !== undefined && list.count <= list.items.length;
