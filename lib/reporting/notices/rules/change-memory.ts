import { isOfKind } from '../../../foundation/reasons/reasons.ts';
import { keyOf, type Memory, type Trouble } from './trouble.ts';

const LONGEST_MESSAGE = 500;

export function isNobodyThere({ kind, reason }: Trouble): boolean {
  return kind === 'deployment' && isOfKind(reason, 'nobody-there');
}

type Arisen = Pick<Trouble, 'kind' | 'subject' | 'reason' | 'message' | 'at'> &
  Partial<Pick<Trouble, 'times' | 'notBefore' | 'names' | 'hosts'>>;

/** Notes a trouble, or that it goes on. Like all here it changes the memory that it is given. */
export function arise(memory: Memory, arisen: Arisen): void {
  const key = keyOf(arisen);
  const before = memory.troubles[key];
  memory.troubles[key] = {
    names: [],
    hosts: [],
    ...arisen,
    message: arisen.message.slice(0, LONGEST_MESSAGE),
    times: arisen.times ?? (before?.times ?? 0) + 1,
    since: before?.since ?? arisen.at,
    told: before?.told ?? {},
  };
}

/** Ends troubles; those that were told are told once more, as over. */
export function end(memory: Memory, isOver: (trouble: Trouble) => boolean): void {
  for (const trouble of forget(memory, isOver))
    if (Object.keys(trouble.told).length > 0) memory.over.push(trouble);
}

/** Ends troubles without a word. */
export function forget(memory: Memory, which: (trouble: Trouble) => boolean): Trouble[] {
  const gone = Object.entries(memory.troubles).filter(([, trouble]) => which(trouble));
  for (const [key] of gone) delete memory.troubles[key];
  return gone.map(([, trouble]) => trouble);
}
