import * as z from 'zod/mini';
import { DAY, MINUTE } from '../../../foundation/common/durations.ts';
import { ownObject } from '../../../foundation/common/own-object.ts';
import { isOfKind, type Reason } from '../../../foundation/reasons/reasons.ts';
import { LONGEST_WAIT } from '../../ca/rules/ca-limits.ts';
import { CaTroubles } from '../../ca/rules/ca-trouble.ts';
import { Suggested } from '../../ca/rules/renewal-window.ts';
import { ISSUANCE_WINDOW } from './order-limit.ts';

/** `state/<name>.json`: kept between runs. Instants are ISO 8601 in UTC. */
export const State = ownObject({
  failures: z._default(z.number(), 0),
  lastFailure: z.optional(ownObject({ at: z.string(), reason: z.string(), message: z.string() })),
  /** Nothing is tried before this. */
  notBefore: z.optional(z.string()),
  suggested: z.optional(Suggested),
  /** The directory of the CA that was asked last, and the CAs that do not answer. */
  lastCa: z.optional(z.string()),
  cas: z.optional(CaTroubles),
  /** When issued certificates were given up: they count against the CA's limits, and no archive shows them. */
  givenUp: z.optional(z.array(z.string())),
});
export type State = z.infer<typeof State>;

/** Let's Encrypt's integration guide, "Retrying Failures": 1, 10, 100 minutes, then daily. */
const RETRY_AFTER = [MINUTE, 10 * MINUTE, 100 * MINUTE, DAY];

export interface Failure {
  reason: Reason;
  message: string;
  /** The CA's Retry-After, in milliseconds; the longer of the two waits counts. */
  retryAfterMs?: number | undefined;
  /** Whether its certificate was issued, and will not be downloaded again. */
  givenUp?: boolean;
}

/** The state after one more failure at `now`. */
export function rememberFailure(state: State | undefined, failure: Failure, now: Date): State {
  const { reason, message, retryAfterMs = 0 } = failure;
  const failures = (state?.failures ?? 0) + 1;
  const step = isOfKind(reason, 'agreement') ? DAY : RETRY_AFTER[failures - 1];
  const wait = Math.max(step ?? DAY, Math.min(retryAfterMs, LONGEST_WAIT));
  const givenUp = [...recentlyGivenUp(state, now), ...(failure.givenUp ? [now.toISOString()] : [])];
  return {
    ...state,
    failures,
    lastFailure: { at: now.toISOString(), reason, message },
    notBefore: new Date(now.getTime() + wait).toISOString(),
    ...(givenUp.length > 0 && { givenUp }),
  };
}

/** The state after a success: forgets failures, but not what counts against the CA's limits. */
export function rememberSuccess(state: State, now: Date): State | undefined {
  const givenUp = recentlyGivenUp(state, now);
  return givenUp.length > 0 ? { failures: 0, givenUp } : undefined;
}

function recentlyGivenUp(state: State | undefined, now: Date): string[] {
  return (state?.givenUp ?? []).filter((at) => Date.parse(at) > now.getTime() - ISSUANCE_WINDOW);
}
