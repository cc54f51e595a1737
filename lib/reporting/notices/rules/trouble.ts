import * as z from 'zod/mini';
import { ownObject } from '../../../foundation/common/own-object.ts';
import { isOfKind } from '../../../foundation/reasons/reasons.ts';

/** Something that a person may have to act on. Instants are ISO 8601 in UTC. */
export const Trouble = ownObject({
  kind: z.enum([
    'renewal',
    'overdue',
    'health',
    'file',
    'deployment',
    'import',
    'site',
    'object',
    'window',
    'pin',
    'pin-end',
  ]),
  /** The certificate, the host group, or the object. */
  subject: z.string(),
  reason: z.string(),
  message: z.string(),
  since: z.string(),
  at: z.string(),
  /** How often it was tried: a renewal's failures, otherwise the number of events. */
  times: z.number(),
  notBefore: z.optional(z.string()),
  /** Of a renewal that somebody asked for by hand. */
  forced: z.optional(z.boolean()),
  /** The certificates and the hosts of a deployment. */
  names: z._default(z.array(z.string()), []),
  hosts: z._default(z.array(z.string()), []),
  /** The hosts of a deployment that have not installed since, with the first certificates that failed there. */
  failedOn: z.optional(z.record(z.string(), z.array(z.string()))),
  /** Of a site with warnings only: of what, as others are news. */
  checks: z.optional(z.array(z.string())),
  /** Whether the last check could not see if it goes on: nobody hears of it again meanwhile. */
  doubted: z.optional(z.boolean()),
  /** When a mail last named it, by reason. */
  told: z._default(z.record(z.string(), z.string()), {}),
});
export type Trouble = z.infer<typeof Trouble>;

/** `notices/memory.json`: what is wrong, what mails have said, and when the bucket was last swept. */
export const Memory = ownObject({
  troubles: z._default(z.record(z.string(), Trouble), {}),
  /** Reported troubles that are over and whose end is yet to be reported. */
  over: z._default(z.array(Trouble), []),
  /** When an event last said that all is well, by kind and subject; kept for a day, for events that come late. */
  well: z.optional(z.record(z.string(), z.string())),
  lastMail: z.optional(z.string()),
  /** The newest check that was heard of. */
  lastCheck: z.optional(z.string()),
  /** The last weekly sweep; before the first, the first check. */
  lastSweep: z.optional(z.string()),
  /** When a metric that an alarm watches was last wrong, by its name. */
  wrong: z.optional(z.record(z.string(), z.string())),
});
export type Memory = z.infer<typeof Memory>;

export const EMPTY: Memory = { troubles: {}, over: [] };

/** The subject of an import; {@link importIn} takes it apart. */
export const importOf = ({ name, region }: { name: string; region: string }) => `${name} in ${region}`;

export function importIn(subject: string): { name: string; region: string } {
  const [name = '', region = ''] = subject.split(' in ');
  return { name, region };
}

export const keyOf = ({ kind, subject }: Pick<Trouble, 'kind' | 'subject'>): string => `${kind} ${subject}`;

/** A deployment fails on each host for a reason of its own, a CA that is down in many ways: each is one trouble. */
export function reportedAs({
  kind,
  reason,
  checks = [],
}: Pick<Trouble, 'kind' | 'reason' | 'checks'>): string {
  if (kind === 'deployment') return 'any';
  if (kind === 'renewal' && isOfKind(reason, 'ca-down')) return 'ca-down';
  return [reason, ...checks].join(' ');
}

const LONGEST_MESSAGE = 500;

/** No host is there to report that it is over. */
export function isNobodyThere({ kind, reason }: Trouble): boolean {
  return kind === 'deployment' && isOfKind(reason, 'nobody-there');
}

/** Every host that failed has installed since; whether the group is well, the next check says. */
export function isHealed({ failedOn }: Trouble): boolean {
  return failedOn !== undefined && Object.keys(failedOn).length === 0;
}

type Arisen = Pick<Trouble, 'kind' | 'subject' | 'reason' | 'message' | 'at'> &
  Partial<Pick<Trouble, 'times' | 'notBefore' | 'forced' | 'names' | 'hosts' | 'failedOn' | 'checks'>>;

/** Adds a trouble, or updates it. Like the functions below it changes the memory that it is given. */
export function arise(memory: Memory, arisen: Arisen): void {
  const key = keyOf(arisen);
  // It comes late: all was well after it.
  if (Date.parse(memory.well?.[key] ?? '') > Date.parse(arisen.at)) return;
  const before = memory.troubles[key] ?? takeBack(memory, key);
  memory.troubles[key] = {
    ...before,
    notBefore: undefined,
    forced: undefined,
    names: [],
    hosts: [],
    failedOn: undefined,
    checks: undefined,
    doubted: undefined,
    ...arisen,
    message: arisen.message.slice(0, LONGEST_MESSAGE),
    at: before && before.at > arisen.at ? before.at : arisen.at,
    times: arisen.times ?? (before?.times ?? 0) + 1,
    since: before?.since ?? arisen.at,
    told: before?.told ?? {},
  };
}

/** The trouble whose end was not told yet: it continues, and is not told again. */
function takeBack(memory: Memory, key: string): Trouble | undefined {
  const back = memory.over.filter((trouble) => keyOf(trouble) === key);
  memory.over = memory.over.filter((trouble) => keyOf(trouble) !== key);
  return back.at(-1);
}

/** Ends troubles; for those that were reported, the end is reported too. */
export function end(memory: Memory, isOver: (trouble: Trouble) => boolean): void {
  for (const trouble of forget(memory, isOver))
    if (Object.keys(trouble.told).length > 0) memory.over.push(trouble);
}

/** Ends troubles without a report. */
export function forget(memory: Memory, which: (trouble: Trouble) => boolean): Trouble[] {
  const gone = Object.entries(memory.troubles).filter(([, trouble]) => which(trouble));
  for (const [key] of gone) delete memory.troubles[key];
  return gone.map(([, trouble]) => trouble);
}
