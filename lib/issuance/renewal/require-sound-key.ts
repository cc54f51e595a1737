import { isCompromised } from '../../foundation/certificate/revocation.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { readRevocations } from '../revocation/read-revocations.ts';
import type { Ordered, RenewRun } from './phases.ts';
import { fingerprintOf } from './rules/open-order.ts';

/** The key was revoked as compromised while its renewal was under way; the next one makes another. */
class KeyCompromisedError extends PerennialError<'key-compromised'> {
  override readonly name = 'KeyCompromisedError';
}

/**
 * Looks at the revocations again, and gives the order up if its key must not be used any more. A key made in this run
 * cannot have been revoked, and costs no request.
 */
export async function requireSoundKey({ deps }: RenewRun, renewal: Ordered): Promise<void> {
  const { name, key, live, resumed, claim } = renewal;
  const fingerprint = fingerprintOf(key) ?? '';
  if (!resumed && fingerprint !== live?.pointer.keyFingerprint) return;
  if (!isCompromised(await readRevocations(deps.store, name), fingerprint)) return;
  await claim.record({ order: undefined });
  const seen = `the key of the order for ${name} was revoked as compromised meanwhile`;
  throw new KeyCompromisedError('key-compromised', { seen, remedy: 'the next renewal makes another' });
}
