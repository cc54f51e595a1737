import { PENDING_PREFIX } from '../../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { CLAIM_SECONDS, ClaimRecord } from '../../../lib/issuance/renewal/rules/claim-record.ts';
import { SECOND } from '../engine/durations.ts';
import type { Parts } from './parts.ts';

/** A claim is taken over only when it was left, or its time is up by S3's clock: of two workers one has the certificate. */
export function checkClaims({ world, breaches }: Pick<Parts, 'world' | 'breaches'>): void {
  world.bucket.onChange.push(({ key, before, after, by }) => {
    if (!key.startsWith(PENDING_PREFIX) || by !== 'renew' || !before || !after) return;
    const held = orNone(before.body, ClaimRecord);
    const taken = orNone(after.body, ClaimRecord);
    if (!held || !taken || held.owner === taken.owner || held.leaseSeconds === 0) return;
    const age = world.bucket.now - before.modified;
    if (age < CLAIM_SECONDS * SECOND)
      breaches.report(
        'claim-taken-early',
        `${key} of ${held.owner} by ${taken.owner} after ${age / SECOND} s`,
      );
  });
}
