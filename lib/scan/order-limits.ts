import type { Reads } from '../foundation/bucket/indexed-reads.ts';
import { limitOn } from '../issuance/ca/rules/ca-limits.ts';
import { issuedLately, orderLimitFacts } from '../issuance/renewal/gather-facts.ts';
import type { RenewalDecision, RenewalFacts } from '../issuance/renewal/rules/decide-renewal.ts';
import { ISSUANCE_WINDOW, orderLimitOf } from '../issuance/renewal/rules/order-limit.ts';
import type { AssessContext } from './context.ts';

type Context = Pick<AssessContext, 'start' | 'limitsAt' | 'now'>;

/** Of the CAs those that take no order for these names yet, with the instant when they do. */
export async function limitedCas(
  cas: readonly string[],
  names: readonly string[],
  { start: { forced }, limitsAt, now }: Context,
): Promise<Map<string, string>> {
  const untils = new Map<string, string>();
  for (const ca of cas) {
    const limit = limitOn(await limitsAt(ca), { names, forced, now });
    if (limit) untils.set(ca, limit.until);
  }
  return untils;
}

interface Asked {
  decision: RenewalDecision;
  facts: RenewalFacts;
  /** The directory that would be asked. */
  ca: string;
}

/** Lets a renewal wait that the CA's limits or our budget do not let be ordered yet. */
export async function waitForLimits(
  store: Reads,
  { decision, facts, ca }: Asked,
  { start: { ignoreBudget }, limitsAt }: Context,
): Promise<RenewalDecision> {
  if (decision.action !== 'renew') return decision;
  const limits = await limitsAt(ca);
  const issued = ignoreBudget || isOld(facts) ? [] : await issuedLately(store, facts);
  // An order may be under way, which is resumed.
  const order = { reason: decision.reason, limits, issued, ignoreBudget, resumes: facts.leftOpen };
  const limit = orderLimitOf(orderLimitFacts(facts, order));
  return limit ? { action: 'wait', ...limit } : decision;
}

/** The archive is asked only where the live version is of these days; `renew` looks again, at each. */
function isOld({ live, state, now }: RenewalFacts): boolean {
  const age = live && now.getTime() - Date.parse(live.issuedAt);
  return (age === undefined || age >= ISSUANCE_WINDOW) && !state?.givenUp;
}
