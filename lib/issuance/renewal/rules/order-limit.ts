import { identifierOf } from '../../../foundation/certificate/domain-name.ts';
import { DAY, HOUR } from '../../../foundation/common/durations.ts';
import { PerennialError } from '../../../foundation/common/perennial-error.ts';
import type { SaidReason } from '../../../foundation/reasons/reasons.ts';
import type { ORDER_LIMIT } from '../../../foundation/reasons/renewals.ts';
import { type CaLimits, limitOn } from '../../ca/rules/ca-limits.ts';

/** Why a renewal that is due may not be ordered before an instant; the message is one line for people. */
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
  /** When certificates of this lineage were issued, as far back as {@link ISSUANCE_WINDOW}. */
  issued: readonly Date[];
  forced: boolean;
  ignoreBudget: boolean;
  /** An order that is under way is gone on with: it costs no further one. */
  resumes: boolean;
  /** Whether the CA itself suggests it and has not refused it yet: it exempts such renewals (Let's Encrypt, "Rate Limits", "ARI Renewals"). */
  suggested?: boolean;
  now: Date;
}

export function isSuggested(reason: SaidReason, failures: number | undefined): boolean {
  return reason === 'suggested-window' && !failures;
}

/** What holds an order up: the CA's own word first, which nothing passes, then our budget. */
export function orderLimitOf(facts: OrderLimitFacts): OrderLimit | undefined {
  const limit = limitOn(facts.limits, facts);
  const isFree = facts.resumes || (facts.suggested ?? false);
  if (limit && !(isFree && limit.scope !== 'account')) {
    const message = `not before ${limit.until}: ${limit.message}`;
    return { reason: 'ca-limited', until: new Date(limit.until), message };
  }
  return facts.resumes || facts.ignoreBudget ? undefined : budgetLimit(facts);
}

function budgetLimit({ names, limits, issued, now }: OrderLimitFacts): OrderLimit | undefined {
  const spent = [
    { what: `${MOST} certificates in 7 days`, until: freeAt(issued, ISSUANCE_WINDOW, now) },
    ...[...new Set(names.map(identifierOf))].map((name) => ({
      what: `${MOST} refused proofs for ${name} in an hour`,
      until: freeAt(
        limits.failedAuthorizations.flatMap((failed) => (failed.name === name ? new Date(failed.at) : [])),
        HOUR,
        now,
      ),
    })),
  ];
  const [longest] = spent
    .flatMap(({ what, until }) => (until ? { what, until } : []))
    .sort((a, b) => b.until.getTime() - a.until.getTime());
  if (!longest) return undefined;
  const { what, until } = longest;
  return {
    reason: 'budget-spent',
    until,
    message: `${what} are enough; the next at ${until.toISOString()}, or now with "ignoreBudget": true beside "start": "force"`,
  };
}

/** When the window holds fewer than {@link MOST} again; `undefined` when it does now. */
function freeAt(instants: readonly Date[], windowMs: number, now: Date): Date | undefined {
  const recent = instants
    .map((instant) => instant.getTime() + windowMs)
    .filter((end) => end > now.getTime())
    .sort((a, b) => a - b);
  const end = recent.at(-MOST);
  return end === undefined ? undefined : new Date(end);
}

/** Due, and not to be ordered yet: nothing is wrong, and nothing was asked of the CA. */
export class OrderLimitedError extends PerennialError<keyof typeof ORDER_LIMIT> {
  override readonly name = 'OrderLimitedError';
}

/** Throws {@link OrderLimitedError} where an order has to wait. */
export function requireOrderAllowed(facts: OrderLimitFacts): void {
  const hold = orderLimitOf(facts);
  if (hold) throw new OrderLimitedError(hold.reason, hold.message);
}
