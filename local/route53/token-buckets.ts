import type { Change } from './record-set.ts';

interface Limit {
  burst: number;
  perSecond: number;
}

const REQUESTS: Limit = { burst: 50, perSecond: 10 };
const CHANGES: Limit = { burst: 1500, perSecond: 100 };
/** Actions that are limited more closely than others. */
const OF_ACTION: Readonly<Record<string, Limit>> = {
  CreateHostedZone: { burst: 40, perSecond: 2 },
  DeleteHostedZone: { burst: 40, perSecond: 5 },
};
const CHANGES_OF_A_ZONE = 2;

/** What a request asks of the buckets. */
export interface Demand {
  action: string;
  /** of ChangeResourceRecordSets */
  changes?: readonly Pick<Change, 'action'>[];
}

/**
 * Route 53's limits: for each account a bucket of requests, one of each action's, and one of changes to DNS data, of which
 * UPSERT is two. A request that one of them cannot serve takes nothing. All callers count as one account.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/throttling-api-requests.html
 */
export class TokenBuckets {
  readonly #levels = new Map<string, { tokens: number; at: number }>();

  /** Takes the tokens of a request, at `now` in milliseconds; false when there are too few. */
  take(demand: Demand, now: number): boolean {
    const wanted: [name: string, limit: Limit, tokens: number][] = [
      ['account', REQUESTS, 1],
      [`action ${demand.action}`, OF_ACTION[demand.action] ?? REQUESTS, 1],
      ['changes', CHANGES, changesOf(demand)],
    ];
    const left = wanted.map(([name, limit, tokens]) => ({
      name,
      tokens: this.#level(name, limit, now) - tokens,
    }));
    if (left.some(({ tokens }) => tokens < 0)) return false;
    for (const { name, tokens } of left) this.#levels.set(name, { tokens, at: now });
    return true;
  }

  #level(name: string, { burst, perSecond }: Limit, now: number): number {
    const { tokens, at } = this.#levels.get(name) ?? { tokens: burst, at: now };
    return Math.min(burst, tokens + ((now - at) / 1000) * perSecond);
  }
}

function changesOf({ action, changes = [] }: Demand): number {
  if (action === 'CreateHostedZone' || action === 'DeleteHostedZone') return CHANGES_OF_A_ZONE;
  return changes.reduce((sum, change) => sum + (change.action === 'UPSERT' ? 2 : 1), 0);
}
