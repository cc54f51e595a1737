import * as z from 'zod/mini';
import { isOfKind } from '../../../foundation/reasons/reasons.ts';

/** Something that a person may have to see to. Instants are ISO 8601 in UTC. */
export const Trouble = z.object({
  kind: z.enum(['renewal', 'overdue', 'file', 'deployment', 'import', 'site', 'object']),
  /** The certificate, the host group, or the object. */
  subject: z.string(),
  reason: z.string(),
  message: z.string(),
  since: z.string(),
  at: z.string(),
  /** How often it was tried; of a renewal by the CA's count, else as often as it was said. */
  times: z.number(),
  notBefore: z.optional(z.string()),
  /** Of a deployment: the certificates and the hosts. */
  names: z._default(z.array(z.string()), []),
  hosts: z._default(z.array(z.string()), []),
  /** When it was told last, by reason. */
  told: z._default(z.record(z.string(), z.string()), {}),
});
export type Trouble = z.infer<typeof Trouble>;

/** `notices/memory.json`: what is wrong, what was told, and when the bucket was last swept. */
export const Memory = z.object({
  troubles: z._default(z.record(z.string(), Trouble), {}),
  /** Troubles that were told and are over, to be told once. */
  over: z._default(z.array(Trouble), []),
  lastMail: z.optional(z.string()),
  /** The last weekly sweep; before the first, the first check. */
  lastSweep: z.optional(z.string()),
});
export type Memory = z.infer<typeof Memory>;

export const EMPTY: Memory = { troubles: {}, over: [] };

export const keyOf = ({ kind, subject }: Pick<Trouble, 'kind' | 'subject'>): string => `${kind} ${subject}`;

/** A deployment fails on each host for a reason of its own, and is one trouble. */
export const toldAs = ({ kind, reason }: Pick<Trouble, 'kind' | 'reason'>): string =>
  kind === 'deployment' ? 'any' : reason;

const LONGEST_MESSAGE = 500;
/** Nobody is there to say that it is over. */
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
