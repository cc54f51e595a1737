import { backOff, poll } from '../../foundation/common/poll.ts';
import { AcmeError, type Authorization, type Order } from '../ca/certificate-authority.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import type { Ordered, RenewRun } from './phases.ts';

const LIMIT_MS = 180_000;

/** Answers the open challenges and waits until the order is ready; throws the CA's problems if it is invalid. */
export async function prove(run: RenewRun, renewal: Ordered): Promise<Ordered> {
  await Promise.all(
    renewal.open.map((authorization) => {
      const url = challengeUrl(renewal, authorization);
      return url && run.authority.answerChallenge(url);
    }),
  );
  const order = await settle(run, renewal.order, 'pending');
  if (order.status !== 'invalid') return { ...renewal, order };
  throw await invalidOrder(run, renewal.name, renewal.order);
}

function challengeUrl(
  { wanted, name }: Ordered,
  { challenge, persistChallenge, identifier }: Authorization,
): string | undefined {
  if (!isPersistent(wanted)) return challenge?.url;
  if (persistChallenge) return persistChallenge.url;
  throw new AcmeError('dns-persist-01-not-offered', {
    seen: `the CA offers no dns-persist-01 challenge for ${identifier} of ${name}`,
    remedy: 'take "challenge" out of the renewal file',
  });
}

/** Polls the order until it has left `status`, as often as the CA asks and no more. */
export async function settle(
  { authority, signal, deps: { runtime } }: RenewRun,
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
      runtime,
    },
  );
}

/** The error for an order whose proofs the CA did not accept, with its problem for each name. */
export async function invalidOrder({ authority }: RenewRun, name: string, order: Order): Promise<AcmeError> {
  const authorizations = await Promise.all(order.authorizations.map((url) => authority.authorization(url)));
  const problems = authorizations.flatMap(({ identifier, problem }) =>
    problem ? `${identifier}: ${problem}` : [],
  );
  const said = problems.join('; ') || 'it gives no reason';
  const invalid = authorizations.filter(({ status }) => status === 'invalid');
  return new AcmeError('challenge-invalid', `the CA did not accept the proof for ${name}: ${said}`, {
    identifiers: invalid.map(({ identifier }) => identifier),
  });
}
