import * as z from 'zod/mini';
import { identifierOf, isAtOrBelow } from '../../../foundation/certificate/domain-name.ts';
import { DAY, HOUR } from '../../../foundation/common/durations.ts';
import { isMeant } from '../../../foundation/common/is-meant.ts';
import { ownObject } from '../../../foundation/common/own-object.ts';
import { orNone } from '../../../foundation/common/parse-json.ts';
import { isOfKind } from '../../../foundation/reasons/reasons.ts';
import { limitScopes, type Refusal, setOf } from './rate-limit-scope.ts';

const Limit = ownObject({
  scope: z.enum(['account', 'registered-domain', 'exact-set', 'name']),
  value: z.string(),
  until: z.string(),
  reason: z.string(),
  message: z.string(),
});
type Limit = z.infer<typeof Limit>;

/** `limits/<ca host>-<hash>.json`: what one CA told us to wait for, and which proofs it refused. Instants are ISO 8601 in UTC. */
export const CaLimits = ownObject({
  limits: z._default(z.array(Limit), []),
  /** One entry for each proof refused in the last hour. */
  failedAuthorizations: z._default(z.array(ownObject({ name: z.string(), at: z.string() })), []),
});
export type CaLimits = z.infer<typeof CaLimits>;

export const NO_LIMITS: CaLimits = { limits: [], failedAuthorizations: [] };

/** Longer than any limit of a CA that we know of; one that asks for more is asked again by then. */
export const LONGEST_WAIT = 7 * DAY;

/** Stored limits, with the instants that can be meant; what cannot be read counts as nothing. */
export function parseLimits(text: string | undefined, now: Date): CaLimits {
  const { limits, failedAuthorizations, ...others } = orNone(text, CaLimits) ?? NO_LIMITS;
  return {
    ...others,
    limits: limits.filter(({ until }) => isMeant(until, now, LONGEST_WAIT)),
    failedAuthorizations: failedAuthorizations.filter(({ at }) => isMeant(at, now)),
  };
}

interface Asked {
  names: readonly string[];
  /** Whether a person asks, who may just have agreed to the CA's new terms. */
  forced: boolean;
  now: Date;
}

/** The limit that holds up a certificate of these names longest. */
export function limitOn({ limits }: CaLimits, { names, forced, now }: Asked): Limit | undefined {
  return limits
    .filter(({ until, reason }) => new Date(until) > now && !(forced && isOfKind(reason, 'agreement')))
    .filter((limit) => holds(limit, names))
    .sort((a, b) => Date.parse(b.until) - Date.parse(a.until))[0];
}

function holds({ scope, value }: Limit, names: readonly string[]): boolean {
  switch (scope) {
    case 'account':
      return true;
    case 'registered-domain':
      return names.some((name) => isAtOrBelow(identifierOf(name), value));
    case 'exact-set':
      return setOf(names) === value;
    case 'name':
      return names.some((name) => identifierOf(name) === value);
  }
}

/** What is known after one more refusal of an order for `names`; the same object when it states no limit. */
export function learnLimits(known: CaLimits, refusal: Refusal, { names, now }: Omit<Asked, 'forced'>) {
  const { reason, message, unproved = [] } = refusal;
  const wait = refusal.retryAfterMs ?? (isOfKind(reason, 'agreement') ? DAY : 0);
  const until = new Date(now.getTime() + Math.min(wait, LONGEST_WAIT)).toISOString();
  const limits =
    wait > 0 ? limitScopes(refusal, names).map((scope) => ({ ...scope, until, reason, message })) : [];
  const failed = unproved.map((name) => ({ name, at: now.toISOString() }));
  if (limits.length + failed.length === 0) return known;
  const holding = known.limits.filter((limit) => new Date(limit.until) > now);
  const kept = holding.filter((limit) => !limits.some((other) => covers(other, limit)));
  const recent = known.failedAuthorizations.filter(({ at }) => Date.parse(at) > now.getTime() - HOUR);
  return { ...known, limits: [...kept, ...limits], failedAuthorizations: [...recent, ...failed] };
}

function covers(a: Limit, b: Limit): boolean {
  return a.scope === b.scope && a.value === b.value && a.until >= b.until;
}
