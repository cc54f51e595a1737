import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { revokedKey } from '../../foundation/certificate/object-keys.ts';
import { type Revocation, Revocations } from '../../foundation/certificate/revocation.ts';
import { orNone, parseJson } from '../../foundation/common/parse-json.ts';

/** The revoked versions; a record that cannot be read counts as empty, and stops no renewal. */
export async function readRevocations(store: Pick<ObjectStore, 'get'>, name: string): Promise<Revocation[]> {
  return orNone((await store.get(revokedKey(name)))?.body, Revocations)?.versions ?? [];
}

/** As {@link readRevocations}, where none may be missed: throws InputError. */
export function parseRevocations(name: string, body: string | undefined): Revocation[] {
  if (body === undefined) return [];
  return parseJson(body, Revocations, { where: revokedKey(name), reason: 'revocations-malformed' }).versions;
}
