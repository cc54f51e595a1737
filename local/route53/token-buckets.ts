const BURST = 50;
const PER_SECOND = 10;

/**
 * Route 53's request limit: for each account and action a bucket of 50 that fills with 10 a second.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests
 */
export class TokenBuckets {
  #buckets = new Map<string, { tokens: number; at: number }>();

  /** Takes a token of `key`'s bucket, at `now` in milliseconds; false when it is empty. */
  take(key: string, now: number): boolean {
    const last = this.#buckets.get(key) ?? { tokens: BURST, at: now };
    const tokens = Math.min(BURST, last.tokens + ((now - last.at) / 1000) * PER_SECOND);
    const taken = tokens >= 1;
    this.#buckets.set(key, { tokens: taken ? tokens - 1 : tokens, at: now });
    return taken;
  }
}
