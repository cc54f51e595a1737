import { identifierOf } from '../../../lib/foundation/certificate/domain-name.ts';
import { setOf } from '../../../lib/issuance/ca/rules/rate-limit-scope.ts';
import { DAY, HOUR } from '../engine/durations.ts';
import { TokenBuckets } from './token-bucket.ts';

export interface LimitMet {
  limit: 'new-orders' | 'registered-domain' | 'exact-set' | 'failed-authorizations';
  /** Whom it counts for. */
  value: string;
  message: string;
  retryAfterMs: number;
  /** Whether what we had issued would not have met it without what others had. */
  isOfOthers?: boolean;
}

/** Let's Encrypt's published limits ("Rate Limits", 2026), in Boulder's words (ratelimits/limiter.go). */
export class CaLimits {
  readonly #orders = new TokenBuckets(300, 3 * HOUR);
  readonly #domains = new TokenBuckets(50, 7 * DAY);
  /** The same without what others used. */
  readonly #ownDomains = new TokenBuckets(50, 7 * DAY);
  readonly #sets = new TokenBuckets(5, 7 * DAY);
  readonly #failed = new TokenBuckets(5, HOUR);

  /** The first limit that a new order meets. */
  met(account: string, names: readonly string[], now: number): LimitMet | undefined {
    const orders = this.#orders.wait(account, now);
    if (orders > 0)
      return {
        limit: 'new-orders',
        value: account,
        message: 'too many new orders (300) from this account in the last 3h0m0s',
        retryAfterMs: orders,
      };
    for (const name of new Set(names.map(identifierOf))) {
      const wait = this.#failed.wait(`${account} ${name}`, now);
      if (wait > 0)
        return {
          limit: 'failed-authorizations',
          value: name,
          message: `too many failed authorizations (5) for "${name}" in the last 1h0m0s`,
          retryAfterMs: wait,
        };
    }
    const set = setOf(names);
    const setWait = this.#sets.wait(set, now);
    if (setWait > 0)
      return {
        limit: 'exact-set',
        value: set,
        message: `too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s`,
        retryAfterMs: setWait,
      };
    for (const domain of domainsOf(names)) {
      const wait = this.#domains.wait(domain, now);
      if (wait > 0)
        return {
          limit: 'registered-domain',
          value: domain,
          message: `too many certificates (50) already issued for "${domain}" in the last 168h0m0s`,
          retryAfterMs: wait,
          isOfOthers: this.#ownDomains.wait(domain, now) === 0,
        };
    }
    return undefined;
  }

  ordered(account: string, now: number): void {
    this.#orders.take(account, now);
  }

  issued(names: readonly string[], now: number): void {
    this.#sets.take(setOf(names), now);
    for (const domain of domainsOf(names)) {
      this.#domains.take(domain, now);
      this.#ownDomains.take(domain, now);
    }
  }

  /** Somebody else's certificates of the same domain. */
  usedByOthers(domain: string, count: number, now: number): void {
    for (let taken = 0; taken < count; taken += 1) this.#domains.take(domain, now);
  }

  failed(account: string, identifier: string, now: number): void {
    this.#failed.take(`${account} ${identifier}`, now);
  }
}

/** The public suffixes here are of one label. */
function domainsOf(names: readonly string[]): Set<string> {
  return new Set(names.map((name) => identifierOf(name).split('.').slice(-2).join('.')));
}
