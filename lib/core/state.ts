import * as z from 'zod/mini';
import { type CaFailure, CaTroubles, rememberCaTrouble } from './ca-trouble.ts';
import { DAY, MINUTE } from './durations.ts';
import { Suggested } from './renewal-info.ts';

/** `state/<name>.json`: what is remembered between runs. Instants are ISO 8601 in UTC. */
export const State = z.object({
  failures: z._default(z.number(), 0),
  lastFailure: z.optional(z.object({ at: z.string(), reason: z.string(), message: z.string() })),
  /** Nothing is tried before this. */
  notBefore: z.optional(z.string()),
  suggested: z.optional(Suggested),
  /** The CA that was asked last, and those that do not answer; directory addresses. */
  lastCa: z.optional(z.string()),
  cas: z.optional(CaTroubles),
});
export type State = z.infer<typeof State>;

/** Let's Encrypt's integration guide, "Retrying Failures": 1, 10, 100 minutes, then daily. */
const RETRY_AFTER = [MINUTE, 10 * MINUTE, 100 * MINUTE, DAY];

/** The part of the state that is about CAs, after one more failure at `now`. */
export function rememberCa(
  state: State | undefined,
  failure: CaFailure,
  now: Date,
): Pick<State, 'lastCa' | 'cas'> {
  return { lastCa: failure.ca, cas: rememberCaTrouble(state?.cas, failure, now) };
}

export interface Failure {
  reason: string;
  message: string;
  /** The CA's own Retry-After, in milliseconds; the longer of the two waits counts. */
  retryAfterMs?: number | undefined;
}

/** The state after one more failure at `now`. */
export function rememberFailure(state: State | undefined, failure: Failure, now: Date): State {
  const failures = (state?.failures ?? 0) + 1;
  const wait = Math.max(
    RETRY_AFTER[Math.min(failures, RETRY_AFTER.length) - 1] ?? DAY,
    failure.retryAfterMs ?? 0,
  );
  return {
    ...state,
    failures,
    lastFailure: { at: now.toISOString(), reason: failure.reason, message: failure.message },
    notBefore: new Date(now.getTime() + wait).toISOString(),
  };
}
