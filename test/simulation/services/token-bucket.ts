/** Let's Encrypt's limits are token buckets: so many at once, and one more after each part of the time ("Rate Limits", 2026). */
export class TokenBuckets {
  readonly #most: number;
  readonly #refillMs: number;
  readonly #kept = new Map<string, { tokens: number; at: number }>();

  constructor(most: number, windowMs: number) {
    this.#most = most;
    this.#refillMs = windowMs / most;
  }

  /** Milliseconds to the next token; 0 when there is one. */
  wait(key: string, now: number): number {
    const { tokens } = this.#at(key, now);
    return tokens >= 1 ? 0 : Math.ceil((1 - tokens) * this.#refillMs);
  }

  take(key: string, now: number): void {
    const { tokens } = this.#at(key, now);
    this.#kept.set(key, { tokens: tokens - 1, at: now });
  }

  #at(key: string, now: number): { tokens: number } {
    const kept = this.#kept.get(key);
    if (!kept) return { tokens: this.#most };
    return { tokens: Math.min(this.#most, kept.tokens + (now - kept.at) / this.#refillMs) };
  }
}
