import { lastSixthOf, lifetimeOf, renewBefore } from '../../../foundation/certificate/life.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import { DAY } from '../../../foundation/common/durations.ts';
import type { RENEW } from '../../../foundation/reasons/renewals.ts';
import type { State } from './state.ts';

interface AgeFacts {
  wanted: Wanted;
  state: State | undefined;
}

interface Life {
  notBefore: Date;
  notAfter: Date;
}

interface Due {
  at: Date;
  reason: keyof typeof RENEW;
}

/**
 * Whether a renewal is late: a day past its time, or half of what is left then where that is shorter; or three failures without
 * any certificate yet.
 */
export function isOverdue(facts: AgeFacts & { live: LivePointer | undefined; now: Date }): boolean {
  const { live, state, now } = facts;
  if (!live) return (state?.failures ?? 0) >= 3;
  const due = dueByAge(facts, live).at.getTime();
  const grace = Math.min(DAY, (Date.parse(live.notAfter) - due) / 2);
  return due + grace <= now.getTime();
}

/** When age alone becomes a reason, and that reason. */
export function dueByAge({ wanted, state }: AgeFacts, live: LivePointer): Due {
  const [notBefore, notAfter] = [Date.parse(live.notBefore), Date.parse(live.notAfter)];
  const life = { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
  const suggested = suggestedInstant(state, live, notAfter);
  const isUrgent = suggested !== undefined && isUrgentlySuggested(state, life);
  const { renewBeforeDays } = wanted;
  const planned = plannedInstant({ life, suggested, isUrgent, renewBeforeDays });
  const lastSixth = new Date(lastSixthOf(life));
  return planned.at <= lastSixth ? planned : { at: lastSixth, reason: 'life-nearly-over' };
}

function plannedInstant({
  life,
  suggested,
  isUrgent,
  renewBeforeDays,
}: {
  life: Life;
  suggested: number | undefined;
  isUrgent: boolean;
  renewBeforeDays: number | undefined;
}): Due {
  const notAfter = life.notAfter.getTime();
  if (renewBeforeDays !== undefined) {
    const at = notAfter - renewBeforeDays * DAY;
    if (!isUrgent || suggested === undefined || at < suggested)
      return { at: new Date(at), reason: 'expires-soon' };
  }
  if (suggested !== undefined) return { at: new Date(suggested), reason: 'suggested-window' };
  return { at: new Date(notAfter - renewBefore(lifetimeOf(life))), reason: 'expires-soon' };
}

/**
 * Whether what the CA suggests for the live certificate is not for age, because it is about to revoke: in the first half of the
 * life, by a window that it has moved, or with a reason (RFC 9773, 4.1 and 4.2).
 */
export function isUrgentlySuggested(state: State | undefined, life: Life): boolean {
  const { at = '', moved = false, explanationUrl } = state?.suggested ?? {};
  const isEarly = Date.parse(at) < life.notAfter.getTime() - lifetimeOf(life) / 2;
  return isEarly || moved || explanationUrl !== undefined;
}

/** After the end of the certificate no instant can be meant. */
function suggestedInstant(state: State | undefined, live: LivePointer, notAfter: number): number | undefined {
  const { suggested } = state ?? {};
  const at = suggested?.certId === live.certId ? Date.parse(suggested.at ?? '') : Number.NaN;
  return at <= notAfter ? at : undefined;
}
