import * as z from 'zod/mini';
import { isOfKind, type Reason } from '../../../foundation/reasons/reasons.ts';

/** A CA that did not answer one certificate's renewals, without a break since `since`. Instants are ISO 8601 in UTC. */
const CaTrouble = z.object({
  since: z.string(),
  /** When it was last tried. */
  at: z.string(),
  failures: z.number(),
  /** Until when the CA itself asked to be left alone. */
  until: z.optional(z.string()),
});

/** By directory address. */
export const CaTroubles = z.record(z.string(), CaTrouble);
export type CaTroubles = z.infer<typeof CaTroubles>;

/** The troubles, and those of CAs that want to be left alone with these names until an instant. */
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

/** Whether a failure says that the CA cannot be used now, and nothing of the certificate. */
export function isCaTrouble({ reason, retryAfterMs }: Omit<CaFailure, 'ca'>): boolean {
  return isOfKind(reason, 'ca-down') || (reason === 'acme-rate-limited' && retryAfterMs !== undefined);
}

/** The troubles after a failure at `now`; a CA that answers with a refusal of the certificate itself is up again. */
export function rememberCaTrouble(
  troubles: CaTroubles | undefined,
  failure: CaFailure,
  now: Date,
): CaTroubles | undefined {
  const { [failure.ca]: known, ...others } = troubles ?? {};
  const at = now.toISOString();
  const until = new Date(now.getTime() + (failure.retryAfterMs ?? 0)).toISOString();
  const after: CaTroubles = isCaTrouble(failure)
    ? {
        ...others,
        [failure.ca]: {
          since: known?.since ?? at,
          at,
          failures: (known?.failures ?? 0) + 1,
          ...(until > at && { until }),
        },
      }
    : others;
  return Object.keys(after).length > 0 ? after : undefined;
}
