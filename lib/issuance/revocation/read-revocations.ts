import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { revokedKey } from '../../foundation/certificate/object-keys.ts';
import { type Revocation, Revocations } from '../../foundation/certificate/revocation.ts';
import { orNone, parseJson } from '../../foundation/common/parse-json.ts';

/** The versions that were revoked; a record that cannot be read says nothing, and stops no renewal. */
export async function readRevocations(store: Pick<ObjectStore, 'get'>, name: string): Promise<Revocation[]> {
  const stored = await store.get(revokedKey(name));
  return orNone(stored?.body, Revocations)?.versions ?? [];
}

/** As {@link readRevocations}, for who must not pass over one: throws InputError. */
export function parseRevocations(name: string, body: string | undefined): Revocation[] {
  if (body === undefined) return [];
  return parseJson(body, Revocations, { where: revokedKey(name), reason: 'revocations-malformed' }).versions;
}
