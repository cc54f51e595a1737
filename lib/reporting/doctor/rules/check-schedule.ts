import { isInLastSixth, lifetimeOf, thirdInDays } from '../../../foundation/certificate/life.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import { DAY } from '../../../foundation/common/durations.ts';
import { complaintAboutSchedule, inWords, type Schedule } from '../../../scan/rules/schedule.ts';
import { foundOr, unseen } from './answer.ts';
import type { CertificateFacts } from './facts.ts';
import { failing, ok, type Result, warning } from './finding.ts';

/** Let's Encrypt's `classic` profile; no public CA gives more than about a hundred days from 2027 on. */
const USUAL_LIFETIME = 90 * DAY;

/** The hourly check comes often enough, `renewBeforeDays` leaves some life, and no renewal is overdue. */
export function checkSchedule({
  wanted,
  live,
  stack,
  now,
}: Pick<CertificateFacts, 'wanted' | 'live' | 'stack' | 'now'>): Result[] {
  if ('trouble' in live) return [unseen('schedule', live.trouble)];
  const before = (wanted.renewBeforeDays ?? 0) * DAY;
  const pointer = foundOr(live, undefined);
  if (!pointer) {
    if (before < USUAL_LIFETIME) return [ok('schedule', 'not issued yet; the hourly check issues it')];
    const seen = `renewBeforeDays is ${wanted.renewBeforeDays}, and certificates of most CAs live 90 days or less`;
    return [warning('schedule', seen, `set renewBeforeDays under a third of the lifetime, or leave it out`)];
  }
  const results = [
    ...judgeLead(pointer, {
      renewBeforeDays: wanted.renewBeforeDays,
      checkEveryHours: stack.checkEveryHours,
    }),
    ...judgeExpiry(pointer, now),
  ];
  const ends = `lives ${inWords(lifetimeOf(pointer))}, until ${pointer.notAfter}; looked at ${everyWords(stack.checkEveryHours)}`;
  return results.length > 0 ? results : [ok('schedule', ends)];
}

function judgeLead(pointer: LivePointer, schedule: Schedule): Result[] {
  const complaint = complaintAboutSchedule(pointer, schedule);
  if (complaint) return [failing('schedule', complaint.seen, complaint.remedy)];
  const lifetime = lifetimeOf(pointer);
  const { renewBeforeDays } = schedule;
  if (renewBeforeDays === undefined || renewBeforeDays * DAY <= lifetime / 2) return [];
  const seen = `renewBeforeDays is ${renewBeforeDays}, and the certificate lives ${inWords(lifetime)}`;
  const remedy = `set renewBeforeDays to ${thirdInDays(lifetime)} or less, or leave it out`;
  return [warning('schedule', `${seen}, so over half of it is thrown away`, remedy)];
}

function judgeExpiry(pointer: LivePointer, now: Date): Result[] {
  const { notAfter } = pointer;
  const remedy =
    "renewals have failed; state/ and the log of renew say why, and doctor's other lines may too";
  if (Date.parse(notAfter) <= now.getTime())
    return [failing('schedule', `the certificate expired at ${notAfter}`, remedy)];
  if (isInLastSixth(pointer, now))
    return [
      warning('schedule', `the certificate is in the last sixth of its life, until ${notAfter}`, remedy),
    ];
  return [];
}

const everyWords = (hours: number) => (hours === 1 ? 'every hour' : `every ${hours} hours`);
