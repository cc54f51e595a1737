import { backOff, poll } from '../../foundation/common/poll.ts';
import { AcmeError, type Order } from '../ca/certificate-authority.ts';
import type { Ordered, RenewRun } from './phases.ts';
import { challengeUrl } from './require-persist-records.ts';

/** A CA that has not made up its mind by then is told so. */
const LIMIT_MS = 180_000;

/** Answers the open challenges and waits until the order is ready; throws with the CA's words for what it did not believe. */
export async function prove(run: RenewRun, renewal: Ordered): Promise<Ordered> {
  await Promise.all(
    renewal.open.map((authorization) => {
      const url = challengeUrl(renewal, authorization);
      return url && run.authority.answerChallenge(url);
    }),
  );
  const order = await settle(run, renewal.order, 'pending');
  if (order.status !== 'invalid') return { ...renewal, order };
  throw await invalidOrder(run, renewal);
}

/** Polls the order until it has left `status`, as often as the CA asks and no more. */
export async function settle(
  { authority, signal }: RenewRun,
  from: Order,
  status: 'pending' | 'processing',
): Promise<Order> {
  if (from.status !== status) return from;
  return poll(
    () => authority.order(from.url),
    (order) => order.status !== status,
    {
      what: `order ${from.url} to leave ${status}`,
      delayMs: (attempt, last = from) => Math.max(backOff(5_000)(attempt), last.retryAfterMs ?? 0),
      limitMs: LIMIT_MS,
      signal,
    },
  );
}

/** The error that an order is told as whose proofs the CA did not accept, with the names and its words for each. */
export async function invalidOrder(
  { authority }: RenewRun,
  { name, order }: Pick<Ordered, 'name' | 'order'>,
): Promise<AcmeError> {
  const authorizations = await Promise.all(order.authorizations.map((url) => authority.authorization(url)));
  const problems = authorizations.flatMap(({ identifier, problem }) =>
    problem ? [`${identifier}: ${problem}`] : [],
  );
  return new AcmeError(
    'challenge-invalid',
    `the CA did not accept the proof for ${name}: ${problems.join('; ') || 'it gives no reason'}`,
    {
      identifiers: authorizations.flatMap(({ identifier, status }) =>
        status === 'invalid' ? identifier : [],
      ),
    },
  );
}
