import { AcmeError, type Authorization, type Order } from '../ca/certificate-authority.ts';
import { isGone, isRefusal, together } from '../ca/refusal.ts';
import { judgeEnded } from '../ca/rules/ended-order.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import { isUsable, proofReader, settle } from './await-order.ts';
import type { Ordered, RenewRun } from './phases.ts';

/** Answers the open challenges and waits until the order is ready; throws the CA's problems if it is invalid. */
export async function prove(run: RenewRun, renewal: Ordered): Promise<Ordered> {
  const { claim, open } = renewal;
  if (isPersistent(renewal.wanted)) await requireIssuer(run, open);
  const answers = await Promise.allSettled(
    open.map(async (authorization) => {
      const url = challengeUrl(renewal, authorization);
      if (url) await run.authority.answerChallenge(url);
    }),
  );
  const failed = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []));
  // An answer that got lost may have arrived.
  if (failed.length < open.length || !failed.every(isRefusal)) claim.lookedAt = true;
  if (failed.length > 0) throw (await whatEnded(run, renewal, failed)) ?? together(failed);
  const read = proofReader(run, renewal);
  const order = await settle(run, renewal.order, { while: 'pending', read });
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

/** The CA has to take records for the issuer that ours are for (draft-ietf-acme-dns-persist-02, 3.1): a refused proof is spared. */
async function requireIssuer({ authority }: RenewRun, open: readonly Authorization[]): Promise<void> {
  const identity = (await authority.standingIssuer())?.identity ?? '';
  for (const { identifier, persistChallenge } of open) {
    const issuers = persistChallenge?.issuers;
    if (issuers === undefined || issuers.includes(identity)) continue;
    const seen = `the CA takes standing records of ${identifier} for ${issuers.join(', ')} only, and its directory names ${identity}`;
    throw new AcmeError('standing-record-missing', { seen, remedy: 'tell the CA' }, { orderEnded: true });
  }
}

/** Why the CA refuses an answer where its order has ended; `undefined` where it has not, or does not say so. */
async function whatEnded(
  run: RenewRun,
  renewal: Ordered,
  failed: readonly unknown[],
): Promise<AcmeError | undefined> {
  if (!failed.some(isRefusal)) return undefined;
  const { authorizations, url } = renewal.order;
  const { authority } = run;
  const order = await authority.order(url).catch(() => undefined);
  if (!order) return undefined;
  const asked = await Promise.allSettled(authorizations.map((one) => authority.authorization(one)));
  const isOver = asked.some((one) => one.status === 'fulfilled' && !isUsable(one.value, renewal.wanted));
  return order.status === 'invalid' || isOver ? invalidOrder(run, renewal, order) : undefined;
}

/**
 * The error for an order that ended, with the CA's problem for each name and for the order itself (RFC 8555, 7.1.3). One
 * refused proof ends it while the CA may still look at the others.
 */
export async function invalidOrder(
  { authority }: RenewRun,
  { name, claim, wanted }: Pick<Ordered, 'name' | 'claim' | 'wanted'>,
  order: Order,
): Promise<AcmeError> {
  const { problem } = order;
  const asked = await Promise.allSettled(order.authorizations.map((one) => authority.authorization(one)));
  const left = asked.flatMap((answer) =>
    answer.status === 'fulfilled' && answer.value.status !== 'valid' ? answer.value : [],
  );
  const unanswered = asked.flatMap((answer) =>
    answer.status === 'rejected' && !isGone(answer.reason) ? [answer.reason] : [],
  );
  const isOpen = left.some((one) => one.status === 'pending' && isUsable(one, wanted));
  claim.lookedAt = isOpen || unanswered.length > 0;
  const isRefused = (one: Authorization) =>
    one.status === 'invalid' || (one.status === 'pending' && !isUsable(one, wanted));
  const unproved = left.map((one) => ({ ...one, refused: isRefused(one) }));
  const isKnown = problem !== undefined || unproved.some(({ refused }) => refused);
  if (unanswered.length > 0 && !isKnown) throw unanswered[0];
  const { reason, message, ...about } = judgeEnded({ ...order, name, unproved });
  return new AcmeError(reason, message, about);
}
