import { backOff, poll } from '../../foundation/common/poll.ts';
import { AcmeError, type Authorization, type Order } from '../ca/certificate-authority.ts';
import { isGone, isRefusal } from '../ca/refusal.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import type { Ordered, RenewRun } from './phases.ts';

const LIMIT_MS = 180_000;

/** Answers the open challenges and waits until the order is ready; throws the CA's problems if it is invalid. */
export async function prove(run: RenewRun, renewal: Ordered): Promise<Ordered> {
  const { claim, open } = renewal;
  const answers = await Promise.allSettled(
    open.map(async (authorization) => {
      const url = challengeUrl(renewal, authorization);
      if (url) await run.authority.answerChallenge(url);
    }),
  );
  const failed = answers.filter((answer) => answer.status === 'rejected');
  // An answer that got lost may have arrived.
  if (failed.length < open.length || !failed.every(({ reason }) => isRefusal(reason))) claim.lookedAt = true;
  if (failed[0]) throw failed[0].reason;
  const order = await settle(run, renewal.order, { while: 'pending', read: proofReader(run, renewal.order) });
  claim.lookedAt = false;
  if (order.status !== 'invalid') return { ...renewal, order };
  throw await invalidOrder(run, renewal, order);
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

/** Polls the order until it has left a status, as often as the CA asks and no more. */
export async function settle(
  { authority, signal, deps: { runtime } }: RenewRun,
  from: Order,
  {
    while: status,
    read = () => authority.order(from.url),
  }: { while: Order['status']; read?: () => Promise<Order> },
): Promise<Order> {
  if (from.status !== status) return from;
  return poll(read, (order) => order.status !== status, {
    what: `order ${from.url} to leave ${status}`,
    delayMs: (attempt, last = from) => Math.max(backOff(5_000)(attempt), last.retryAfterMs ?? 0),
    limitMs: LIMIT_MS,
    signal,
    runtime,
  });
}

/** An order that is pending for so long is looked at closely, and again each time it has doubled. */
const FIRST_LOOK_MS = 5_000;

/** Reads an order; one that stays pending although an authorization ended counts as invalid. */
function proofReader({ authority, deps: { runtime } }: RenewRun, { url }: Order): () => Promise<Order> {
  const began = runtime.elapsed();
  let lookAfterMs = FIRST_LOOK_MS;
  return async () => {
    const order = await authority.order(url);
    const waitedMs = runtime.elapsed() - began;
    if (order.status !== 'pending' || waitedMs < lookAfterMs) return order;
    lookAfterMs = 2 * waitedMs;
    const all = await Promise.all(order.authorizations.map((one) => authority.authorization(one)));
    return all.every(isUsable) ? order : { ...order, status: 'invalid' };
  };
}

/** RFC 8555, 7.1.6: from any other status nothing leads back. */
export function isUsable({ status }: Authorization): boolean {
  return status === 'pending' || status === 'valid';
}

/**
 * The error for an order that ended, with the CA's problem for each name, else for the order itself (RFC 8555, 7.1.3). One
 * refused proof ends it while the CA may still look at the others.
 */
export async function invalidOrder(
  { authority }: RenewRun,
  { name, claim }: Pick<Ordered, 'name' | 'claim'>,
  order: Order,
): Promise<AcmeError> {
  const { url, status, problem, retryAfterMs } = order;
  const asked = await Promise.allSettled(order.authorizations.map((one) => authority.authorization(one)));
  const unproved = asked.flatMap((answer) =>
    answer.status === 'fulfilled' && answer.value.status !== 'valid' ? answer.value : [],
  );
  claim.lookedAt = unproved.some((one) => one.status === 'pending');
  const refused = unproved.filter((one) => one.status === 'invalid' || one.problem !== undefined);
  if (refused.length > 0) {
    const problems = refused.flatMap((one) => (one.problem ? `${one.identifier}: ${one.problem}` : []));
    const said = problems.join('; ') || problem?.message || 'it gives no reason';
    const invalid = refused.filter((one) => one.status === 'invalid');
    const identifiers = invalid.map(({ identifier }) => identifier);
    const seen = `the CA did not accept the proof for ${name}: ${said}`;
    return new AcmeError('challenge-invalid', seen, { identifiers, orderEnded: true });
  }
  const unanswered = asked.find((answer) => answer.status === 'rejected');
  if (unanswered && !problem && !isGone(unanswered.reason)) throw unanswered.reason;
  const others = unproved.map((one) => `${one.identifier} is ${one.status}`);
  const said = [...(problem ? [problem.message] : []), ...others].join('; ') || 'the CA gives no reason';
  const seen = `an order came to nothing (${status}): ${said} (${url} for ${name})`;
  const { reason = 'order-not-valid', identifiers } = problem ?? {};
  return new AcmeError(reason, seen, { identifiers, retryAfterMs, orderEnded: true });
}
