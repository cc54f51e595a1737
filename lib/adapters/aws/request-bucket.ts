import { setTimeout as sleep } from 'node:timers/promises';

interface Limit {
  burst: number;
  perSecond: number;
}

/**
 * What Route 53 lets an account do (developer guide, "Throttling for Amazon Route 53 API requests"): requests, and changes of
 * records in them. Each action has a bucket of requests of its own, too; those of the actions that are used here are as large
 * as the account's, which is empty first.
 */
const REQUESTS: Limit = { burst: 50, perSecond: 10 };
const CHANGES: Limit = { burst: 1500, perSecond: 100 };

/** Token buckets: a call waits for its tokens, so that the account is not throttled by one worker alone. */
export class RequestBucket {
  readonly #requests: TokenBucket;
  readonly #changes: TokenBucket;

  /** `now` in milliseconds, from a monotonic clock. */
  constructor(now: () => number = () => performance.now()) {
    this.#requests = new TokenBucket(REQUESTS, now);
    this.#changes = new TokenBucket(CHANGES, now);
  }

  /** `changes`: how many the request asks for. */
  async take(changes = 0): Promise<void> {
    const delay = this.reserve(changes);
    if (delay > 0) await sleep(delay);
  }

  /** Takes the tokens of a request; the milliseconds until they are there. */
  reserve(changes = 0): number {
    return Math.max(this.#requests.reserve(1), this.#changes.reserve(changes));
  }
}

class TokenBucket {
  readonly #limit: Limit;
  readonly #now: () => number;
  #tokens: number;
  #at: number;

  constructor(limit: Limit, now: () => number) {
    this.#limit = limit;
    this.#now = now;
    this.#tokens = limit.burst;
    this.#at = now();
  }

  reserve(wanted: number): number {
    const { burst, perSecond } = this.#limit;
    const now = this.#now();
    const refilled = Math.min(burst, this.#tokens + ((now - this.#at) / 1000) * perSecond);
    this.#tokens = refilled - wanted;
    this.#at = now;
    return wanted === 0 || this.#tokens >= 0 ? 0 : (-this.#tokens / perSecond) * 1000;
  }
}
