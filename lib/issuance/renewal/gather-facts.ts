import type { Reads } from '../../foundation/bucket/object-store.ts';
import { findPointer } from '../../foundation/bucket/read-pointer.ts';
import { isInLastSixth, lifetimeOf } from '../../foundation/certificate/life.ts';
import { instantOf } from '../../foundation/certificate/lineage.ts';
import { archiveKey } from '../../foundation/certificate/object-keys.ts';
import { leafIn } from '../../foundation/certificate/pointer-match.ts';
import {
  isRevokedForGood,
  type Revocation,
  revocationToReplace,
} from '../../foundation/certificate/revocation.ts';
import type { StackCas } from '../ca/rules/ca-list.ts';
import { findRevocations, knownOf } from '../revocation/read-revocations.ts';
import { versionsOf } from './find-upkeep.ts';
import { findState } from './read-state.ts';
import { isAboutToBeRevoked, type RenewalFacts } from './rules/decide-renewal.ts';
import { issueInstants } from './rules/issue-instants.ts';
import { ISSUANCE_WINDOW, isSuggested, type OrderLimitFacts } from './rules/order-limit.ts';

/** The stored objects of one certificate. Revocations cost a read, which is saved if none is recorded. */
export async function readStored(
  store: Reads,
  name: string,
  { now, isRevoked = true }: { now: Date; isRevoked?: boolean },
) {
  const [found, { state, stateRead, spoilt }, recorded] = await Promise.all([
    findPointer(store, name),
    findState(store, name, now),
    isRevoked ? findRevocations(store, name) : [],
  ]);
  return { found, state, stateRead, spoilt, recorded, revocations: knownOf(recorded) };
}

type Assessed = Omit<RenewalFacts, keyof StackCas | 'revoked' | 'revokedForGood'> & {
  revocations: readonly Revocation[];
};

/** The facts that decide whether a certificate is renewed. */
export function renewalFacts(
  { revocations, ...assessed }: Assessed,
  { defaultCa, fallbackCas }: StackCas,
): RenewalFacts {
  const revoked = revocationToReplace(revocations, assessed.live) !== undefined;
  const revokedForGood = isRevokedForGood(revocations, assessed.live);
  return { ...assessed, revoked, revokedForGood, defaultCa, fallbackCas };
}

type Subject = Pick<RenewalFacts, 'wanted' | 'state' | 'now'>;
type OrderSubject = Subject & Pick<RenewalFacts, 'live'>;
type Order = Pick<OrderLimitFacts, 'limits' | 'issued' | 'ignoreBudget' | 'resumes'> & {
  reason: string;
  /** When other certificates were issued for the same names. */
  issuedToOthers: readonly Date[];
};

/** The facts that decide whether a renewal for this reason may be ordered yet. */
export function orderLimitFacts(
  { wanted, live, state, now }: OrderSubject,
  { reason, issuedToOthers, ...order }: Order,
): OrderLimitFacts {
  const suggested = isSuggested(reason, state?.failures);
  // The limit of the set does not count then; the budget of the certificate itself does, against a CA that suggests for ever.
  const wasLimited = state?.lastFailure?.reason === 'acme-rate-limited';
  const isExempt = reason === 'suggested-window' && !wasLimited;
  const issued = isExempt ? order.issued : [...order.issued, ...issuedToOthers];
  // What is revoked is replaced at once; the CA's limits hold even so.
  const ignoreBudget = order.ignoreBudget || reason === 'revoked';
  // What lives no longer than the budget lasts could end for want of the one that is kept back.
  const outlivesBudget = live !== undefined && lifetimeOf(live) > ISSUANCE_WINDOW;
  const isLeaving = outlivesBudget && !wasLimited && isAboutToBeRevoked({ live, state, now });
  const endsSoon = live !== undefined && (isLeaving || isInLastSixth(live, now));
  const { names } = wanted;
  return { ...order, issued, ignoreBudget, names, forced: reason === 'forced', suggested, endsSoon, now };
}

/** When certificates of a lineage were issued within {@link ISSUANCE_WINDOW}: archived ones, and those given up. */
export async function issuedLately(
  store: Pick<Reads, 'get' | 'list'>,
  { wanted, state, now }: Subject,
): Promise<Date[]> {
  const isLate = (at: Date) => at.getTime() > now.getTime() - ISSUANCE_WINDOW;
  const { name } = wanted;
  const late = (await versionsOf(store, name))
    .map(({ version, modified }) => {
      // A version that was named by a clock ahead, and those after it, are no younger than their files.
      const archivedAt = new Date(
        Math.min(instantOf(version).getTime(), ...[...modified.values()].map(Number)),
      );
      return { version, archivedAt };
    })
    .filter(({ archivedAt }) => isLate(archivedAt));
  const reading = late.map(async ({ version, archivedAt }) => {
    const chain = await store.get(archiveKey(name, version, 'fullchain'));
    return { archivedAt, leaf: chain && leafIn(chain.body) };
  });
  const givenUp = (state?.givenUp ?? []).map((at) => new Date(at));
  return [...issueInstants(await Promise.all(reading)), ...givenUp].filter(isLate);
}
