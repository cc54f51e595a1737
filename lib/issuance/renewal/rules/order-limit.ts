import { identifierOf } from '../../../foundation/certificate/domain-name.ts';
import { DAY, HOUR } from '../../../foundation/common/durations.ts';
import { PerennialError } from '../../../foundation/common/perennial-error.ts';
import type { SaidReason } from '../../../foundation/reasons/reasons.ts';
import type { ORDER_LIMIT } from '../../../foundation/reasons/renewals.ts';
import { type CaLimits, limitOn } from '../../ca/rules/ca-limits.ts';

/** Why a renewal that is due may not be ordered yet; the message is one line for people. */
export interface OrderLimit {
  reason: keyof typeof ORDER_LIMIT;
  until: Date;
  message: string;
}

/** One under Let's Encrypt's 5 for an exact set of names in 7 days, and 5 refused proofs for a name in an hour. */
const MOST = 4;
export const ISSUANCE_WINDOW = 7 * DAY;

export interface OrderLimitFacts {
  names: readonly string[];
  limits: CaLimits;
  /** When certificates of this lineage, or for these names, were issued within {@link ISSUANCE_WINDOW}. */
  issued: readonly Date[];
  forced: boolean;
  ignoreBudget: boolean;
  /** Whether an open order is resumed, which costs no new one. */
  resumes: boolean;
  /** Suggested by the CA and not refused yet: exempt (Let's Encrypt, "Rate Limits", "ARI Renewals"). */
  suggested?: boolean;
  /** Whether the live certificate is about to end or to be revoked: it gets the one certificate that is kept back. */
  endsSoon?: boolean;
  now: Date;
}

export function isSuggested(reason: SaidReason, failures: number | undefined): boolean {
  return reason === 'suggested-window' && !failures;
}

/** What an order has to wait for: first the CA's limits, which nothing overrides, then our budget. */
export function orderLimitOf(facts: OrderLimitFacts): OrderLimit | undefined {
  const limit = limitOn(facts.limits, facts);
  const isFree = facts.resumes || (facts.suggested ?? false);
  if (limit && !(isFree && limit.scope !== 'account')) {
    const message = `not before ${limit.until}: ${limit.message}`;
    return { reason: 'ca-limited', until: new Date(limit.until), message };
  }
  return facts.resumes || facts.ignoreBudget ? undefined : budgetLimit(facts);
}

function budgetLimit({
  names,
  limits,
  issued,
  endsSoon = false,
  now,
}: OrderLimitFacts): OrderLimit | undefined {
  const most = endsSoon ? MOST + 1 : MOST;
  const certificates = {
    what: `${most} certificates in 7 days`,
    until: freeAt(issued, { most, windowMs: ISSUANCE_WINDOW, now }),
  };
  const proofs = [...new Set(names.map(identifierOf))].map((name) => {
    const refused = limits.failedAuthorizations.filter((failed) => failed.name === name);
    const instants = refused.map(({ at }) => new Date(at));
    return {
      what: `${MOST} refused proofs for ${name} in an hour`,
      until: freeAt(instants, { most: MOST, windowMs: HOUR, now }),
    };
  });
  const [longest] = [certificates, ...proofs].sort(
    (a, b) => (b.until?.getTime() ?? 0) - (a.until?.getTime() ?? 0),
  );
  if (!longest?.until) return undefined;
  const { what, until } = longest;
  const next = `the next at ${until.toISOString()}, or now with "ignoreBudget": true beside "start": "force"`;
  return { reason: 'budget-spent', until, message: `${what} are enough; ${next}` };
}

/** When the window will hold fewer than `most`; `undefined` if it does now. */
function freeAt(
  instants: readonly Date[],
  { most, windowMs, now }: { most: number; windowMs: number; now: Date },
): Date | undefined {
  // An instant that cannot be read is in no window, and would spoil the order.
  const ends = instants.map((instant) => instant.getTime() + windowMs).filter((end) => end > now.getTime());
  const end = ends.sort((a, b) => a - b).at(-most);
  return end === undefined ? undefined : new Date(end);
}

/** The order has to wait: nothing is wrong, and the CA was not asked. */
export class OrderLimitedError extends PerennialError<keyof typeof ORDER_LIMIT> {
  override readonly name = 'OrderLimitedError';
}

export function requireOrderAllowed(facts: OrderLimitFacts): void {
  const limit = orderLimitOf(facts);
  if (limit) throw new OrderLimitedError(limit.reason, limit.message);
}
