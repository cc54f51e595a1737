import * as z from 'zod/mini';
import { isMeant } from '../../../foundation/common/is-meant.ts';
import { ownObject } from '../../../foundation/common/own-object.ts';
import { isOfKind, type Reason } from '../../../foundation/reasons/reasons.ts';
import { LONGEST_WAIT } from './ca-limits.ts';

/** A CA that has failed all renewals of one certificate since `since`. Instants are ISO 8601 in UTC. */
const CaTrouble = ownObject({
  since: z.string(),
  /** The last try. */
  at: z.string(),
  failures: z.number(),
  /** The end of the CA's own Retry-After. */
  until: z.optional(z.string()),
});

/** By directory address. */
export const CaTroubles = z.record(z.string(), CaTrouble);
export type CaTroubles = z.infer<typeof CaTroubles>;

/** The stored troubles with instants that can be meant. */
export function believedTroubles(troubles: CaTroubles, now: Date): CaTroubles {
  const meant = Object.entries(troubles).filter(
    ([, { since, at }]) => isMeant(since, now) && isMeant(at, now),
  );
  const until = (at: string | undefined) => (isMeant(at, now, LONGEST_WAIT) ? at : undefined);
  return Object.fromEntries(meant.map(([ca, trouble]) => [ca, { ...trouble, until: until(trouble.until) }]));
}

/** The troubles, with those of CAs that take no order for these names before an instant. */
export function withLimits(
  troubles: CaTroubles | undefined,
  limited: ReadonlyMap<string, string>,
  now: Date,
): CaTroubles {
  const all: CaTroubles = { ...troubles };
  const at = now.toISOString();
  for (const [ca, until] of limited) {
    const known = all[ca] ?? { since: at, at, failures: 0 };
    all[ca] = { ...known, until: [until, known.until ?? until].sort().at(-1) };
  }
  return all;
}

export interface CaFailure {
  ca: string;
  reason: Reason;
  retryAfterMs?: number | undefined;
}

/** Whether a failure says that the CA cannot be used now, and nothing about the certificate. */
export function isCaTrouble({ reason, retryAfterMs }: Omit<CaFailure, 'ca'>): boolean {
  return isOfKind(reason, 'ca-down') || (isOfKind(reason, 'asks-to-wait') && retryAfterMs !== undefined);
}

/** The troubles after a failure at `now`; a CA that answers with a refusal of the certificate itself is up again. */
export function rememberCaTrouble(
  troubles: CaTroubles | undefined,
  failure: CaFailure,
  now: Date,
): CaTroubles | undefined {
  const { [failure.ca]: known, ...others } = troubles ?? {};
  if (!isCaTrouble(failure)) return Object.keys(others).length > 0 ? others : undefined;
  const at = now.toISOString();
  const wait = Math.min(failure.retryAfterMs ?? 0, LONGEST_WAIT);
  const until = new Date(now.getTime() + wait).toISOString();
  const { until: _, ...before } = known ?? { since: at, failures: 0 };
  const trouble = { ...before, at, failures: before.failures + 1, ...(until > at && { until }) };
  return { ...others, [failure.ca]: trouble };
}
