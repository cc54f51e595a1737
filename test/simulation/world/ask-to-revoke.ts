import type { RevocationReason } from '../../../lib/foundation/certificate/revocation.ts';
import { certificateOf } from './stored.ts';
import type { World } from './world.ts';

/** A person has a version revoked, and knows from then on what became of its key, whether the CA hears of it or not. */
export function askToRevoke(world: World, name: string, version: string, reason: RevocationReason): void {
  const key = certificateOf(world, name, version)?.keyFingerprint;
  if (key !== undefined && reason === 'keyCompromise') world.saidCompromised.add(key);
  world.invoke('revoke', { revoke: name, confirm: name, reason, version });
}
