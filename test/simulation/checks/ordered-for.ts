import { PENDING_PREFIX } from '../../../lib/foundation/certificate/object-keys.ts';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { ClaimRecord } from '../../../lib/issuance/renewal/rules/claim-record.ts';
import { fingerprintOf } from '../../../lib/issuance/renewal/rules/open-order.ts';
import type { World } from '../world/world.ts';

/** Which certificate each key was made for, by its fingerprint: a worker records it with its order before the CA gets it. */
export function keysInClaims({ bucket }: World): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  bucket.onChange.push(({ key, after, by }) => {
    if (by === 'somebody' || !key.startsWith(PENDING_PREFIX)) return;
    const order = orNone(after?.body, ClaimRecord)?.order;
    const fingerprint = order && fingerprintOf(new PrivateKeyPem(order.key));
    if (fingerprint) names.set(fingerprint, key.slice(PENDING_PREFIX.length, -'.json'.length));
  });
  return names;
}
