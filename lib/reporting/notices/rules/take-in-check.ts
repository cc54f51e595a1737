import type { CheckSummary } from '../../../foundation/events/events.ts';
import { arise, end, isNobodyThere, keyOf, type Memory, type Trouble } from './trouble.ts';

/** The check looked at everything: what it does not name is over, unless it arose meanwhile or could not be looked at. */
export function takeInCheck(memory: Memory, checked: CheckSummary): void {
  const { at, overdue, rejected } = checked;
  for (const { name: subject, reason, message } of rejected.items)
    arise(memory, { kind: 'file', subject, reason, message, at });
  const message = 'it is past its time, and no renewal has come through';
  // Where it fails, that is told.
  for (const subject of overdue.items)
    if (!memory.troubles[keyOf({ kind: 'renewal', subject })])
      arise(memory, { kind: 'overdue', subject, reason: 'overdue', message, at });
  const began = Date.parse(at);
  end(memory, (trouble) => Date.parse(trouble.at) < began && isGone(trouble, checked));
  if (checked.start === 'weekly-sweep' || memory.lastSweep === undefined) memory.lastSweep = at;
}

function isGone(
  trouble: Trouble,
  { failing, overdue, rejected, hostsBehind, warnings }: CheckSummary,
): boolean {
  const { kind, subject } = trouble;
  switch (kind) {
    case 'renewal':
      return isAll(failing) && !failing.items.includes(subject);
    case 'overdue':
      return isAll(overdue) && !overdue.items.includes(subject);
    case 'file':
      return isAll(rejected) && !rejected.items.some(({ name }) => name === subject);
    case 'deployment':
      return warnings.length === 0 && !hostsBehind.groups.includes(subject) && !isNobodyThere(trouble);
    case 'import':
    case 'site':
    case 'object':
      return false;
  }
}

const isAll = ({ count, items }: { count: number; items: readonly unknown[] }) => count <= items.length;
