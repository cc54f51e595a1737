import { isInLastSixth, lifetimeOf, thirdInDays } from '../../../foundation/certificate/life.ts';
import { DAY } from '../../../foundation/common/durations.ts';
import { complaintAboutSchedule, inWords } from '../../../scan/rules/schedule.ts';
import type { CertificateFacts } from './facts.ts';
import { failing, ok, type Result, unseen, warning } from './finding.ts';

const CHECK = 'schedule';
/** Let's Encrypt's `classic` profile; no public CA gives more than about a hundred days from 2027 on. */
const USUAL_LIFETIME = 90 * DAY;

/** The hourly check comes often enough, `renewBeforeDays` leaves some life, and no renewal is overdue. */
export function checkSchedule({ wanted, live, stack, now }: CertificateFacts): Result[] {
  if ('trouble' in live) return [unseen(CHECK, live.trouble)];
  const { renewBeforeDays } = wanted;
  const { checkEveryHours } = stack;
  const before = (renewBeforeDays ?? 0) * DAY;
  const pointer = live.found;
  if (!pointer) {
    if (before < USUAL_LIFETIME) return [ok(CHECK, 'not issued yet; the hourly check issues it')];
    const seen = `renewBeforeDays is ${renewBeforeDays}, and certificates of most CAs live 90 days or less`;
    return [warning(CHECK, seen, `set renewBeforeDays under a third of the lifetime, or leave it out`)];
  }
  const results: Result[] = [];
  const { notAfter } = pointer;
  const lifetime = lifetimeOf(pointer);
  const lives = `lives ${inWords(lifetime)}`;
  const complaint = complaintAboutSchedule(pointer, { renewBeforeDays, checkEveryHours });
  if (complaint) results.push(failing(CHECK, complaint.seen, complaint.remedy));
  else if (before > lifetime / 2) {
    const seen = `renewBeforeDays is ${renewBeforeDays}, and the certificate ${lives}, so over half of it is thrown away`;
    const remedy = `set renewBeforeDays to ${thirdInDays(lifetime)} or less, or leave it out`;
    results.push(warning(CHECK, seen, remedy));
  }
  const remedy = `renewals have failed; state/ and the log of renew say why, and doctor's other lines may too`;
  if (Date.parse(notAfter) <= now.getTime())
    results.push(failing(CHECK, `the certificate expired at ${notAfter}`, remedy));
  else if (isInLastSixth(pointer, now))
    results.push(
      warning(CHECK, `the certificate is in the last sixth of its life, until ${notAfter}`, remedy),
    );
  const every = checkEveryHours === 1 ? 'every hour' : `every ${checkEveryHours} hours`;
  return results.length > 0 ? results : [ok(CHECK, `${lives}, until ${notAfter}; looked at ${every}`)];
}
