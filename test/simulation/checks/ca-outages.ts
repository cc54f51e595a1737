import { DAY, HOUR } from '../engine/durations.ts';
import type { Ca } from '../services/ca.ts';
import type { IssuedCertificate } from '../services/ca-records.ts';
import type { Outage } from '../world/outages.ts';

interface Interval {
  from: number;
  until: number;
}

/** How long the next CA is not asked yet, by decision 0010, with what passes between two tries. */
const PATIENCE = DAY + 2 * HOUR;
const PATIENCE_AT_END = 4 * HOUR;

export interface Waiting extends Interval {
  /** Where only age is the reason, the first CA is waited for until this instant, the last sixth of a life. */
  forAgeUntil?: number | undefined;
  /** The CA that nobody but itself can speak for. */
  issuer?: string | undefined;
}

/** The time since we could know of a revocation: what a CA revokes of its own accord, it only says when it is asked. */
export function sinceHeard(
  { revokedAt = 0, heardAt }: Pick<IssuedCertificate, 'revokedAt' | 'heardAt'>,
  { host, parts: { scheduler } }: Ca,
): Waiting {
  const issuer = heardAt === undefined ? host : undefined;
  return { from: Math.max(revokedAt, heardAt ?? 0), until: scheduler.now, issuer };
}

/** When a certificate could be had of none of its CAs, the preferred one first: it is down and waited for, or all are. */
export function withoutCa(
  past: readonly Outage[],
  [preferred = '', ...others]: readonly string[],
  { from, until, forAgeUntil, issuer }: Waiting,
): Interval[] {
  const outagesOf = (host: string): Interval[] =>
    past.filter((one) => one.ca === host && one.until > from && one.from < until);
  const ofFirst = outagesOf(preferred);
  const ofIssuer = issuer === undefined ? [] : outagesOf(issuer);
  if (others.length === 0) return [...ofFirst, ...ofIssuer];
  const waits = ofFirst.map((outage) => {
    const since = Math.max(outage.from, from);
    const end = forAgeUntil === undefined ? since + PATIENCE : Math.max(since, forAgeUntil) + PATIENCE_AT_END;
    return { from: outage.from, until: Math.min(outage.until, end) };
  });
  return [...waits, ...ofIssuer, ...others.reduce((all, other) => common(all, outagesOf(other)), ofFirst)];
}

function common(some: readonly Interval[], others: readonly Interval[]): Interval[] {
  return some
    .flatMap((a) =>
      others.map((b) => ({ from: Math.max(a.from, b.from), until: Math.min(a.until, b.until) })),
    )
    .filter(({ from, until }) => from < until);
}
