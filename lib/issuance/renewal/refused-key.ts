import { describeError } from '../../foundation/common/describe-error.ts';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import type { Ordered, RenewRun } from './phases.ts';
import { fingerprintOf } from './rules/open-order.ts';

/**
 * The renewal with a new key, recorded in its order, where the CA refuses the live version's: somebody reported that key to it,
 * or it has become too weak. Throws every other refusal.
 */
export async function withNewKey({ deps }: RenewRun, renewal: Ordered, refusal: unknown): Promise<Ordered> {
  const { name, live, claim, wanted } = renewal;
  const { reason, message } = describeError(refusal);
  const isReused = fingerprintOf(renewal.key) === live?.pointer.keyFingerprint;
  if (!isReused || !isOfKind(reason, 'of-key')) throw refusal;
  deps.warn(`key-not-reused: ${name} gets a new key: ${message}`);
  const key = await deps.runtime.newKey(wanted.key);
  const { order } = claim.recorded;
  await claim.record({ order: order && { ...order, key: key.reveal() } });
  return { ...renewal, key };
}
