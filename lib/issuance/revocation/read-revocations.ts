import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { revokedKey } from '../../foundation/certificate/object-keys.ts';
import { type Revocation, Revocations } from '../../foundation/certificate/revocation.ts';
import { orNone, parseJson } from '../../foundation/common/parse-json.ts';

export type FoundRevocations = readonly Revocation[] | 'unreadable';

/** The revoked versions, or that the record cannot be read. */
export async function findRevocations(
  store: Pick<ObjectStore, 'get'>,
  name: string,
): Promise<FoundRevocations> {
  const stored = await store.get(revokedKey(name));
  return stored ? revocationsIn(stored.body) : [];
}

export const revocationsIn = (body: string): FoundRevocations =>
  orNone(body, Revocations)?.versions ?? 'unreadable';

/** As {@link findRevocations}; a record that cannot be read counts as empty, and stops no renewal. */
export const readRevocations = async (...from: Parameters<typeof findRevocations>) =>
  knownOf(await findRevocations(...from));

export const knownOf = (found: FoundRevocations): readonly Revocation[] =>
  found === 'unreadable' ? [] : found;

/** As {@link readRevocations}, where none may be missed: throws InputError. */
export function parseRevocations(name: string, body: string | undefined): Revocation[] {
  if (body === undefined) return [];
  return parseJson(body, Revocations, { where: revokedKey(name), reason: 'revocations-malformed' }).versions;
}
