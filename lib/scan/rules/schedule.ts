import {
  isInLastSixth,
  lifetimeOf,
  renewBefore,
  sixthOf,
  thirdInDays,
  type Validity,
} from '../../foundation/certificate/life.ts';
import { DAY, HOUR } from '../../foundation/common/durations.ts';
import { type Complaint, inOneLine } from '../../foundation/common/perennial-error.ts';
import { isOfKind, type Reason } from '../../foundation/reasons/reasons.ts';
import type { RenewalDecision } from '../../issuance/renewal/rules/decide-renewal.ts';

/** One look that finds it due, and three for tries that fail (docs/decisions/0017). */
const LOOKS_NEEDED = 4;

export interface Schedule {
  renewBeforeDays?: number | undefined;
  /** How often is looked for what is due. */
  checkEveryHours: number;
}

/** Why no certificate of this lifetime can be kept valid on this schedule, and what to do; `undefined` when it can. */
export function complaintAboutSchedule(
  life: Validity,
  { renewBeforeDays, checkEveryHours }: Schedule,
): (Complaint & { reason: Reason }) | undefined {
  const lifetime = lifetimeOf(life);
  const lead = renewBeforeDays === undefined ? renewBefore(lifetime) : renewBeforeDays * DAY;
  if (lead >= lifetime)
    return {
      reason: 'renews-for-ever',
      seen: `renewBeforeDays is ${renewBeforeDays}, and the certificate lives ${inWords(lifetime)}, so every check renews it until the CA's limits stop it`,
      remedy: `set renewBeforeDays to ${thirdInDays(lifetime)} or less, or leave it out`,
    };
  // Whatever the file says, it is renewed in the last sixth of its life.
  const time = Math.max(lead, sixthOf(life));
  if (Math.floor(time / (checkEveryHours * HOUR)) >= LOOKS_NEEDED) return undefined;
  const longest = Math.floor(time / HOUR / LOOKS_NEEDED);
  return {
    reason: 'schedule-too-coarse',
    seen: `the certificate lives ${inWords(lifetime)} and is due ${inWords(time)} before its end, and a check every ${checkEveryHours} h leaves fewer than ${LOOKS_NEEDED} looks`,
    remedy:
      longest >= 1
        ? `set params.checkEveryHours to ${longest} or less and deploy`
        : 'ask the CA for a profile that lives longer',
  };
}

/**
 * The refusal of a schedule, where nothing but age could be a reason to renew, and not yet in the last sixth of the life: a
 * certificate does not expire because of it.
 */
export function refusedForSchedule(
  asked: RenewalDecision,
  live: Validity,
  { renewBeforeDays, checkEveryHours, now }: Schedule & { now: Date },
): { reason: Reason; message: string } | undefined {
  if (!isOfKind(asked.reason, 'on-schedule')) return undefined;
  if (isInLastSixth(live, now)) return undefined;
  const complaint = complaintAboutSchedule(live, { renewBeforeDays, checkEveryHours });
  return complaint && { reason: complaint.reason, message: inOneLine(complaint) };
}

export function inWords(time: number): string {
  return time < 2 * DAY ? `${Math.round(time / HOUR)} hours` : `${Math.round(time / DAY)} days`;
}
