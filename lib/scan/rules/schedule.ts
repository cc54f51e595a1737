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

/** One check that finds it due, and three for tries that fail (docs/decisions/0017). */
const CHECKS_NEEDED = 4;

export interface Schedule {
  renewBeforeDays?: number | undefined;
  checkEveryHours: number;
}

/** Why this schedule cannot keep a certificate of this lifetime valid, and what to do; `undefined` when it can. */
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
  if (Math.floor(time / (checkEveryHours * HOUR)) >= CHECKS_NEEDED) return undefined;
  const longest = Math.floor(time / HOUR / CHECKS_NEEDED);
  return {
    reason: 'schedule-too-coarse',
    seen: `the certificate lives ${inWords(lifetime)} and is due ${inWords(time)} before its end, and a check every ${checkEveryHours} h leaves fewer than ${CHECKS_NEEDED} looks`,
    remedy:
      longest >= 1
        ? `set params.checkEveryHours to ${longest} or less and deploy`
        : 'ask the CA for a profile that lives longer',
  };
}

/** Refuses a schedule, unless another reason than age renews it or its last sixth has begun: none expires because of it. */
export function refusedForSchedule(
  asked: RenewalDecision,
  live: Validity,
  { renewBeforeDays, checkEveryHours, now }: Schedule & { now: Date },
): { reason: Reason; message: string } | undefined {
  if (!isOfKind(asked.reason, 'on-schedule') || isInLastSixth(live, now)) return undefined;
  const complaint = complaintAboutSchedule(live, { renewBeforeDays, checkEveryHours });
  return complaint && { reason: complaint.reason, message: inOneLine(complaint) };
}

export function inWords(time: number): string {
  return time < 2 * DAY ? `${Math.round(time / HOUR)} hours` : `${Math.round(time / DAY)} days`;
}
