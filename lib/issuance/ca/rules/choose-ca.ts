import { isInLastSixth, type Validity } from '../../../foundation/certificate/life.ts';
import { DAY, HOUR } from '../../../foundation/common/durations.ts';
import type { CaTroubles } from './ca-trouble.ts';

/** `preferred`: the first of several is usable; `order-open`: another has what was ordered last. */
export interface CaChoice {
  ca: string;
  reason: 'only-one' | 'preferred' | 'order-open' | 'others-stay-down' | 'all-stay-down';
}

export interface ChoiceFacts {
  /** Directory addresses, the preferred one first; at least one. */
  cas: readonly string[];
  troubles: CaTroubles | undefined;
  /** The CA of the last try, which failed. */
  lastCa?: string | undefined;
  /** The CA at which the last try left an order that can be resumed. */
  openAt?: string | undefined;
  /** The live certificate; `undefined` before the first. */
  live: Validity | undefined;
  /** Whether only the certificate's age is the reason to renew it. */
  isForAge: boolean;
  now: Date;
}

/** Fewer failures in a row are a bad hour, not a CA that stays down. */
const ENOUGH_FAILURES = 3;

/**
 * The CA that has an order of ours to resume, so that nothing is issued in vain; else the first that does not stay down; if all
 * do, or if that one is a fallback and refused the last try for another reason, the one whose last try is oldest.
 * docs/decisions/0010 says why.
 */
export function chooseCa(facts: ChoiceFacts): CaChoice {
  const { cas, troubles, lastCa, openAt, now } = facts;
  const [preferred = ''] = cas;
  if (cas.length === 1) return { ca: preferred, reason: 'only-one' };
  if (openAt !== undefined && cas.includes(openAt) && !troubles?.[openAt])
    return { ca: openAt, reason: openAt === preferred ? 'preferred' : 'order-open' };
  const usable = cas.find((ca) => !staysDown(troubles?.[ca], facts));
  if (usable === preferred) return { ca: preferred, reason: 'preferred' };
  // A CA is not asked before the end of its own Retry-After, as long as there is another one.
  const isAskable = (ca: string) => !(Date.parse(troubles?.[ca]?.until ?? '') > now.getTime());
  const before = cas.slice(0, usable === undefined ? cas.length : cas.indexOf(usable));
  const askable = usable === undefined ? before : before.filter(isAskable);
  if (usable !== undefined && (usable !== lastCa || askable.length === 0))
    return { ca: usable, reason: 'others-stay-down' };
  const triedAt = (ca: string) => troubles?.[ca]?.at ?? '';
  const ca = askable.reduce((oldest, other) => (triedAt(other) < triedAt(oldest) ? other : oldest));
  return { ca, reason: 'all-stay-down' };
}

/** The time of a Retry-After counts as time down. */
function staysDown(trouble: CaTroubles[string] | undefined, facts: ChoiceFacts): boolean {
  if (!trouble) return false;
  const { since, until, failures } = trouble;
  const now = facts.now.getTime();
  const askedUntil = until === undefined ? 0 : Date.parse(until);
  if (failures < ENOUGH_FAILURES && askedUntil <= now) return false;
  return Math.max(now, askedUntil) - Date.parse(since) >= patience(facts);
}

/** How long a CA may be down before the next one is asked, in milliseconds. */
function patience({ live, isForAge, now }: ChoiceFacts): number {
  if (live && isInLastSixth(live, now)) return HOUR;
  return live && isForAge ? Number.POSITIVE_INFINITY : DAY;
}
