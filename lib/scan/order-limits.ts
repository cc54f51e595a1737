import type { Reads } from '../foundation/bucket/indexed-reads.ts';
import type { LivePointer } from '../foundation/certificate/live-pointer.ts';
import { once } from '../foundation/common/once.ts';
import { readLimits } from '../issuance/ca/read-limits.ts';
import { type CaLimits, limitOn } from '../issuance/ca/rules/ca-limits.ts';
import { issuedSince } from '../issuance/renewal/issued-since.ts';
import type { RenewalDecision } from '../issuance/renewal/rules/decide-renewal.ts';
import { ISSUANCE_WINDOW, isSuggested, orderLimitOf } from '../issuance/renewal/rules/order-limit.ts';
import type { State } from '../issuance/renewal/rules/state.ts';
import type { Start } from './rules/trigger.ts';

interface Asked {
  name: string;
  names: readonly string[];
  /** The directory that would be asked. */
  ca: string;
  live: LivePointer | undefined;
  state: State | undefined;
  /** Whether an order may be under way, which is gone on with. */
  leftOpen: boolean;
}

/** What the CAs' limits and our budget say; each CA's limits are read once for all certificates. */
export class OrderLimits {
  readonly #store: Reads;
  readonly #start: Start;
  readonly #now: Date;
  readonly #limits: (ca: string) => Promise<CaLimits>;

  constructor(store: Reads, { start, now }: { start: Start; now: Date }) {
    this.#store = store;
    this.#start = start;
    this.#now = now;
    this.#limits = once((ca) => readLimits(store, ca));
  }

  /** Of the CAs those that take no order for these names yet, with the instant when they do. */
  async limited(cas: readonly string[], names: readonly string[]): Promise<Map<string, string>> {
    const untils = new Map<string, string>();
    for (const ca of cas) {
      const limit = limitOn(await this.#limits(ca), { names, forced: this.#forced, now: this.#now });
      if (limit) untils.set(ca, limit.until);
    }
    return untils;
  }

  /** Lets a renewal wait that may not be ordered yet. */
  async limit(decision: RenewalDecision, asked: Asked): Promise<RenewalDecision> {
    if (decision.action !== 'renew') return decision;
    const { names, leftOpen: resumes, state } = asked;
    const limits = await this.#limits(asked.ca);
    const ignoreBudget = this.#start.start === 'force' && (this.#start.ignoreBudget ?? false);
    const issued = ignoreBudget ? [] : await issuedLately(this.#store, asked, this.#now);
    const suggested = isSuggested(decision.reason, state?.failures);
    const of = { names, limits, issued, forced: this.#forced, ignoreBudget, resumes, suggested };
    const hold = orderLimitOf({ ...of, now: this.#now });
    return hold ? { action: 'wait', ...hold } : decision;
  }

  get #forced(): boolean {
    return this.#start.start === 'force';
  }
}

/** The archive is asked only where the live version is of these days; `renew` looks again, at each. */
async function issuedLately(store: Reads, { name, live, state }: Asked, now: Date): Promise<Date[]> {
  const since = new Date(now.getTime() - ISSUANCE_WINDOW);
  const isOld = live === undefined || new Date(live.issuedAt) <= since;
  return isOld && !state?.givenUp ? [] : issuedSince(store, name, { since, state });
}
