import { SECOND } from '../../foundation/common/durations.ts';
import { backOff, poll } from '../../foundation/common/poll.ts';
import { AcmeError, type Authorization, type Order } from '../ca/certificate-authority.ts';
import { LONGEST_WAIT } from '../ca/rules/ca-limits.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import type { Ordered, RenewRun } from './phases.ts';

const LIMIT_MS = 180 * SECOND;

interface Wait {
  while: Order['status'];
  read?: () => Promise<Order>;
}

/**
 * Polls the order until it has left a status, as often as the CA asks and no more. A Retry-After that ends after the wait, or
 * after the function's time, ends it after one look, for the next run.
 */
export async function settle(run: RenewRun, from: Order, wait: Wait): Promise<Order> {
  const { authority, signal, deps } = run;
  const { while: status, read = () => authority.order(from.url) } = wait;
  if (from.status !== status) return from;
  const end = deps.runtime.elapsed() + LIMIT_MS;
  return poll(read, (order) => order.status !== status, {
    what: `order ${from.url} to leave ${status}`,
    delayMs: (attempt, last) => {
      const left = Math.min(end - deps.runtime.elapsed(), run.timeLeftMs?.() ?? Number.POSITIVE_INFINITY);
      const { retryAfterMs: asked = 0 } = last ?? from;
      if (asked <= left) return Math.max(backOff(5 * SECOND)(attempt), asked);
      if (last) throw asksToWait(last, asked, deps.clock());
      return backOff(5 * SECOND)(attempt);
    },
    limitMs: LIMIT_MS,
    signal,
    runtime: deps.runtime,
  });
}

function asksToWait({ url, status }: Order, asked: number, now: Date): AcmeError {
  const at = (ms: number) => new Date(now.getTime() + ms).toISOString();
  const seen = `order ${url} is ${status}, and the CA wants to be asked again at ${at(asked)}`;
  const isKept = asked <= LONGEST_WAIT;
  const told = isKept
    ? { seen, remedy: 'it is resumed then' }
    : `${seen}, and is asked at ${at(LONGEST_WAIT)}`;
  return new AcmeError('ca-asks-to-wait', told, { retryAfterMs: asked });
}

/** An order that is pending for so long is looked at closely, and again each time it has doubled. */
const FIRST_LOOK_MS = 5 * SECOND;

/**
 * Reads an order; one that stays pending although an authorization ended counts as invalid. Before a longer Retry-After it is
 * looked at closely in any case.
 */
export function proofReader(
  { authority, deps: { runtime } }: RenewRun,
  { order: { url }, wanted }: Pick<Ordered, 'order' | 'wanted'>,
): () => Promise<Order> {
  const began = runtime.elapsed();
  let lookAfterMs = FIRST_LOOK_MS;
  return async () => {
    const order = await authority.order(url);
    const waitedMs = runtime.elapsed() - began;
    const isLookedAt = waitedMs >= lookAfterMs || (order.retryAfterMs ?? 0) > FIRST_LOOK_MS;
    if (order.status !== 'pending' || !isLookedAt) return order;
    lookAfterMs = Math.max(FIRST_LOOK_MS, 2 * waitedMs);
    const all = await Promise.all(order.authorizations.map((one) => authority.authorization(one)));
    return all.every((one) => isUsable(one, wanted)) ? order : { ...order, status: 'invalid' };
  };
}

/**
 * RFC 8555, 7.1.6: from any other status nothing leads back. The authorization may stay pending for other challenges while the
 * one that we answer is invalid.
 */
export function isUsable(authorization: Authorization, wanted: Ordered['wanted']): boolean {
  const { status, challenge, persistChallenge } = authorization;
  const ours = isPersistent(wanted) ? persistChallenge : challenge;
  return status === 'valid' || (status === 'pending' && ours?.status !== 'invalid');
}
