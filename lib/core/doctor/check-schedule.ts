import { DAY, HOUR } from '../durations.ts';
import type { LivePointer } from '../live-pointer.ts';
import { foundOr, unseen } from './answer.ts';
import type { CertificateFacts } from './facts.ts';
import { failing, ok, type Result, warning } from './finding.ts';

/** How often is looked for what is due. */
const CHECK_EVERY = HOUR;
/** A check an hour is enough for these; shorter ones leave few tries for what fails. */
const SHORTEST_LIFETIME = 24 * CHECK_EVERY;
/** Let's Encrypt's `classic` profile; no public CA gives more than about a hundred days from 2027 on. */
const USUAL_LIFETIME = 90 * DAY;

/** The hourly check comes often enough, `renewBeforeDays` leaves some life, and no renewal is overdue. */
export function checkSchedule({
  wanted,
  live,
  now,
}: Pick<CertificateFacts, 'wanted' | 'live' | 'now'>): Result[] {
  if ('trouble' in live) return [unseen('schedule', live.trouble)];
  const before = (wanted.renewBeforeDays ?? 0) * DAY;
  const pointer = foundOr(live, undefined);
  if (!pointer) {
    if (before < USUAL_LIFETIME) return [ok('schedule', 'not issued yet; the hourly check issues it')];
    const seen = `renewBeforeDays is ${wanted.renewBeforeDays}, and certificates of most CAs live 90 days or less`;
    return [warning('schedule', seen, `set renewBeforeDays under a third of the lifetime, or leave it out`)];
  }
  const results = [...judgeLead(pointer, wanted.renewBeforeDays), ...judgeExpiry(pointer, now)];
  const ends = `lives ${inWords(lifetimeOf(pointer))}, until ${pointer.notAfter}; looked at every hour`;
  return results.length > 0 ? results : [ok('schedule', ends)];
}

function judgeLead(pointer: LivePointer, renewBeforeDays: number | undefined): Result[] {
  const lifetime = lifetimeOf(pointer);
  const results: Result[] = [];
  if (lifetime < SHORTEST_LIFETIME)
    results.push(
      warning(
        'schedule',
        `lives ${inWords(lifetime)}, and what is due is looked for every hour`,
        'ask the CA for a profile of a day or longer',
      ),
    );
  if (renewBeforeDays === undefined || renewBeforeDays * DAY <= lifetime / 2) return results;
  const seen = `renewBeforeDays is ${renewBeforeDays}, and the certificate lives ${inWords(lifetime)}`;
  const remedy = `set renewBeforeDays to ${Math.max(1, Math.floor(lifetime / DAY / 3))} or less, or leave it out`;
  if (renewBeforeDays * DAY < lifetime) {
    results.push(warning('schedule', `${seen}, so over half of it is thrown away`, remedy));
  } else {
    results.push(
      failing('schedule', `${seen}, so every check renews it until the CA's limits stop it`, remedy),
    );
  }
  return results;
}

function judgeExpiry({ notBefore, notAfter }: LivePointer, now: Date): Result[] {
  const left = Date.parse(notAfter) - now.getTime();
  const remedy =
    "renewals have failed; state/ and the log of renew say why, and doctor's other lines may too";
  if (left <= 0) return [failing('schedule', `the certificate expired at ${notAfter}`, remedy)];
  if (left < (Date.parse(notAfter) - Date.parse(notBefore)) / 6)
    return [
      warning('schedule', `the certificate is in the last sixth of its life, until ${notAfter}`, remedy),
    ];
  return [];
}

const lifetimeOf = ({ notBefore, notAfter }: LivePointer) => Date.parse(notAfter) - Date.parse(notBefore);

function inWords(lifetime: number): string {
  return lifetime < 2 * DAY ? `${Math.round(lifetime / HOUR)} hours` : `${Math.round(lifetime / DAY)} days`;
}
