import { setTimeout as sleep } from 'node:timers/promises';

/** Route 53's limit of requests (developer guide, "Quotas on Amazon Route 53 API requests"): an account's, for each action. */
const BURST = 50;
const PER_SECOND = 10;

/** A token bucket for each action: a call waits for its token, so that the account is not throttled. */
export class RequestBucket {
  readonly #levels = new Map<string, { tokens: number; at: number }>();
  readonly #now: () => number;

  /** `now` in milliseconds, from a monotonic clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  async take(action: string): Promise<void> {
    const delay = this.reserve(action);
    if (delay > 0) await sleep(delay);
  }

  /** Takes a token; the milliseconds until it is there. */
  reserve(action: string): number {
    const now = this.#now();
    const before = this.#levels.get(action) ?? { tokens: BURST, at: now };
    const refilled = Math.min(BURST, before.tokens + ((now - before.at) / 1000) * PER_SECOND);
    const tokens = refilled - 1;
    this.#levels.set(action, { tokens, at: now });
    return tokens >= 0 ? 0 : (-tokens / PER_SECOND) * 1000;
  }
}
