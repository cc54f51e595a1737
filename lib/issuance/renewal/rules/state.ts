import * as z from 'zod/mini';
import { compareTexts } from '../../../foundation/common/compare-texts.ts';
import { DAY, MINUTE } from '../../../foundation/common/durations.ts';
import { isMeant } from '../../../foundation/common/is-meant.ts';
import { ownObject } from '../../../foundation/common/own-object.ts';
import { orNone } from '../../../foundation/common/parse-json.ts';
import { isOfKind, type Reason } from '../../../foundation/reasons/reasons.ts';
import { LONGEST_WAIT } from '../../ca/rules/ca-limits.ts';
import { believedTroubles, CaTroubles } from '../../ca/rules/ca-trouble.ts';
import { Suggested } from '../../ca/rules/renewal-window.ts';
import { ISSUANCE_WINDOW } from './order-limit.ts';

/** How often something failed since it was last done, and when it is tried again. */
const Failed = ownObject({
  failures: z._default(z.number(), 0),
  lastFailure: z.optional(ownObject({ at: z.string(), reason: z.string(), message: z.string() })),
  /** It is not tried before this. */
  notBefore: z.optional(z.string()),
});
type Failed = z.infer<typeof Failed>;

/** Why scan orders nothing although a renewal is wanted; a rejection is of what the file alone does not show. */
const Held = ownObject({
  action: z.enum(['reject', 'wait']),
  reason: z.string(),
  message: z.string(),
  until: z.optional(z.string()),
});
export type Held = z.infer<typeof Held>;

/** `state/<name>.json`: kept between runs. Instants are ISO 8601 in UTC. */
export const State = ownObject({
  /** Of renewals. */
  ...Failed.shape,
  /** Of repairs, by the reason to repair. */
  repairs: z.optional(z.record(z.string(), Failed)),
  suggested: z.optional(Suggested),
  held: z.optional(Held),
  /** The directory of the CA that was asked last, and the CAs that do not answer. */
  lastCa: z.optional(z.string()),
  cas: z.optional(CaTroubles),
  /** When issued certificates were given up: they count against the CA's limits, and no archive shows them. */
  givenUp: z.optional(z.array(z.string())),
});
export type State = z.infer<typeof State>;

/** A stored state, with the instants that can be meant; `undefined` for none, or for what is no state. */
export function parseState(text: string | undefined, now: Date): State | undefined {
  const state = orNone(text, State);
  if (!state) return undefined;
  const repairs = Object.entries(state.repairs ?? {}).map(([reason, failed]) => [
    reason,
    believed(failed, now),
  ]);
  return {
    ...believed(state, now),
    ...(state.repairs && { repairs: Object.fromEntries(repairs) }),
    ...(state.cas && { cas: believedTroubles(state.cas, now) }),
    ...(state.givenUp && { givenUp: state.givenUp.filter((at) => isMeant(at, now)) }),
  };
}

function believed<Of extends Failed>(failed: Of, now: Date): Of {
  const { lastFailure, notBefore } = failed;
  return {
    ...failed,
    lastFailure: isMeant(lastFailure?.at, now) ? lastFailure : undefined,
    notBefore: isMeant(notBefore, now, LONGEST_WAIT) ? notBefore : undefined,
  };
}

/** Let's Encrypt's integration guide, "Retrying Failures": 1, 10, 100 minutes, then daily. */
const RETRY_AFTER = [MINUTE, 10 * MINUTE, 100 * MINUTE, DAY];
const TRIES_LEFT = 8;

export interface Failure {
  reason: Reason;
  message: string;
  /** The reason to repair; `undefined` for a renewal. */
  repair?: string | undefined;
  /** The CA's Retry-After, in milliseconds; the longer of the two waits counts. */
  retryAfterMs?: number | undefined;
  /** Whether its certificate was issued, and will not be downloaded again. */
  givenUp?: boolean;
  /** When a new certificate is needed: at the end of the live one, or at once where that is revoked or about to be. */
  neededBy?: string | undefined;
}

/** The state after one more failure at `now`. */
export function rememberFailure(state: State | undefined, failure: Failure, now: Date): State {
  const { reason, message, repair, retryAfterMs = 0 } = failure;
  const failures = (failuresOf(state, repair)?.failures ?? 0) + 1;
  const step = stepAfter(reason, failures);
  const wait = Math.max(shortenedBy(failure, step, now), Math.min(retryAfterMs, LONGEST_WAIT));
  const failed: Failed = {
    failures,
    lastFailure: { at: now.toISOString(), reason, message },
    notBefore: new Date(now.getTime() + wait).toISOString(),
  };
  if (repair !== undefined)
    return { failures: 0, ...state, repairs: { ...state?.repairs, [repair]: failed } };
  const givenUp = [...recentlyGivenUp(state, now), ...(failure.givenUp ? [now.toISOString()] : [])];
  return { ...state, held: undefined, ...failed, ...(givenUp.length > 0 && { givenUp }) };
}

function stepAfter(reason: Reason, failures: number): number {
  // Nothing was refused: the order goes on at the CA's instant.
  if (reason === 'ca-asks-to-wait') return MINUTE;
  return isOfKind(reason, 'agreement') ? DAY : (RETRY_AFTER[failures - 1] ?? DAY);
}

/** A day is long where a few are left: eight tries more have to fit, 100 minutes apart at least. */
function shortenedBy({ neededBy }: Failure, step: number, now: Date): number {
  if (neededBy === undefined) return step;
  const left = Date.parse(neededBy) - now.getTime();
  return Math.min(step, Math.max(100 * MINUTE, left / TRIES_LEFT));
}

/** The failures of repairs for a reason, or of renewals. */
export function failuresOf(state: State | undefined, repair: string | undefined): Failed | undefined {
  return repair === undefined ? state : state?.repairs?.[repair];
}

/** What failed last and is not done yet, a renewal or a repair. */
export function lastFailed(state: State | undefined): Failed | undefined {
  const all = [...(state ? [state] : []), ...Object.values(state?.repairs ?? {})];
  const at = ({ lastFailure }: Failed) => lastFailure?.at ?? '';
  return all.filter(({ failures }) => failures > 0).sort((a, b) => compareTexts(at(b), at(a)))[0];
}

/** The state after a scan that has it held for this, or for nothing any more. */
export function rememberHeld(state: State | undefined, held: Held | undefined): State {
  return { failures: 0, ...state, held };
}

/** What is over: it is done, or not wanted any more. */
export interface Over {
  renewal?: boolean;
  /** Whether repairs for this reason are. */
  repairs?: (reason: string) => boolean;
}

/** The state without the failures of what is over; what counts against the CA's limits stays. */
export function forget(state: State, { renewal = false, repairs = () => false }: Over): State {
  const { lastFailure, notBefore, lastCa, cas, ...others } = state;
  const left = Object.entries(state.repairs ?? {}).filter(([reason]) => !repairs(reason));
  return {
    ...(renewal ? { ...others, failures: 0 } : state),
    repairs: left.length > 0 ? Object.fromEntries(left) : undefined,
  };
}

/** The state after a renewal; `undefined` where it says nothing, as with the next. */
export function rememberSuccess(state: State, now: Date): State | undefined {
  const givenUp = recentlyGivenUp(state, now);
  const { suggested, held, ...others } = forget(state, { renewal: true });
  return unlessEmpty({ ...others, givenUp: givenUp.length > 0 ? givenUp : undefined });
}

/** The state after a repair. */
export function rememberRepair(state: State, repair: string): State | undefined {
  return unlessEmpty(forget(state, { repairs: (reason) => reason === repair }));
}

function unlessEmpty(state: State): State | undefined {
  return Object.values(state).some((kept) => kept !== undefined && kept !== 0) ? state : undefined;
}

function recentlyGivenUp(state: State | undefined, now: Date): string[] {
  return (state?.givenUp ?? []).filter((at) => Date.parse(at) > now.getTime() - ISSUANCE_WINDOW);
}
