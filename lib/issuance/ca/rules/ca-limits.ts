import * as z from 'zod/mini';
import { identifierOf, isAtOrBelow } from '../../../foundation/certificate/domain-name.ts';
import { DAY, HOUR } from '../../../foundation/common/durations.ts';
import { isOfKind } from '../../../foundation/reasons/reasons.ts';
import { limitScopes, type Refusal, setOf } from './rate-limit-scope.ts';

const Limit = z.object({
  scope: z.enum(['account', 'registered-domain', 'exact-set', 'name']),
  value: z.string(),
  until: z.string(),
  reason: z.string(),
  message: z.string(),
});
type Limit = z.infer<typeof Limit>;

/** `limits/<ca host>.json`: what one CA has told us to wait for, and which proofs it did not accept. Instants are ISO 8601 in UTC. */
export const CaLimits = z.object({
  limits: z._default(z.array(Limit), []),
  /** One entry a refused proof, of the last hour. */
  failedAuthorizations: z._default(z.array(z.object({ name: z.string(), at: z.string() })), []),
});
export type CaLimits = z.infer<typeof CaLimits>;

export const NO_LIMITS: CaLimits = { limits: [], failedAuthorizations: [] };

/** No limit of a CA that we know of is longer; one that says so is asked again by then. */
export const LONGEST_WAIT = 7 * DAY;

interface Asked {
  names: readonly string[];
  /** Whether somebody asks by hand, who may have agreed to the CA's new terms just now. */
  forced: boolean;
  now: Date;
}

/** The limit that holds a certificate of these names up longest. */
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

/** What is known after one more refusal of an order for `names`; the same object when it says nothing of limits. */
export function learnLimits(
  known: CaLimits,
  refusal: Refusal,
  { names, now }: Omit<Asked, 'forced'>,
): CaLimits {
  const { reason, message, identifiers = [] } = refusal;
  const wait = refusal.retryAfterMs ?? (isOfKind(reason, 'agreement') ? DAY : 0);
  const until = new Date(now.getTime() + Math.min(wait, LONGEST_WAIT)).toISOString();
  const limits =
    wait > 0 ? limitScopes(refusal, names).map((scope) => ({ ...scope, until, reason, message })) : [];
  const failed =
    reason === 'challenge-invalid' ? identifiers.map((name) => ({ name, at: now.toISOString() })) : [];
  if (limits.length + failed.length === 0) return known;
  return {
    limits: [
      ...known.limits.filter(
        (limit) => new Date(limit.until) > now && !limits.some((other) => covers(other, limit)),
      ),
      ...limits,
    ],
    failedAuthorizations: [
      ...known.failedAuthorizations.filter(({ at }) => Date.parse(at) > now.getTime() - HOUR),
      ...failed,
    ],
  };
}

function covers(a: Limit, b: Limit): boolean {
  return a.scope === b.scope && a.value === b.value && a.until >= b.until;
}
