import type { FoundPointer } from '../../foundation/bucket/read-pointer.ts';
import { sha256 } from '../../foundation/certificate/leaf.ts';
import { type LivePointer, pointerText } from '../../foundation/certificate/live-pointer.ts';
import { ARCHIVE_FILES, archiveKey, liveKey } from '../../foundation/certificate/object-keys.ts';
import { matchesChain } from '../../foundation/certificate/pointer-match.ts';
import { rebuildPointer, versionFacts } from '../../foundation/certificate/rebuild-pointer.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import { casOf } from '../ca/rules/ca-list.ts';
import { PointerMovedError } from './commit.ts';
import type { RenewDeps } from './deps.ts';
import { newestValid, readVersion } from './newest-valid.ts';
import type { Claimed } from './phases.ts';
import { setAside } from './set-aside.ts';

interface Sound extends Pick<Claimed, 'live' | 'pointerEtag'> {
  /** Whether the pointer was made anew from a version. */
  rebuilt: boolean;
}

/**
 * The pointer, when it says what its version says; else one made from the newest valid version, the bad one being set aside.
 * Without any valid version there is no live certificate, and a new one has to be issued.
 */
export async function soundPointer(
  deps: RenewDeps,
  wanted: Wanted,
  found: FoundPointer | undefined,
): Promise<Sound> {
  const { name } = wanted;
  if (found?.pointer && (await matches(deps, name, found.pointer)))
    return { live: { pointer: found.pointer, etag: found.etag }, pointerEtag: found.etag, rebuilt: false };
  const facts = await newestValid(deps, wanted);
  const key = liveKey(name);
  if (found)
    await setAside(deps, {
      key,
      body: found.body,
      reason: found.pointer ? 'pointer-mismatch' : 'pointer-malformed',
    });
  if (!facts) return { live: undefined, pointerEtag: found?.etag, rebuilt: false };
  const pointer = rebuildPointer(facts, { wanted, ca: casOf(wanted, deps.stack)[0], spoilt: found?.body });
  const options = { groups: wanted.hosts };
  await Promise.all(
    ARCHIVE_FILES.map((file) => deps.store.tag(archiveKey(name, facts.version, file), wanted.hosts)),
  );
  const written = found
    ? await deps.store.replace(key, pointerText(pointer), { ...options, etag: found.etag })
    : await deps.store.create(key, pointerText(pointer), options);
  if (!written) throw new PointerMovedError(name);
  return { live: { pointer, etag: written.etag }, pointerEtag: written.etag, rebuilt: true };
}

async function matches({ store }: RenewDeps, name: string, pointer: LivePointer): Promise<boolean> {
  const pem = await readVersion(store, name, pointer.version);
  return (
    sha256(pem.privkey) === pointer.sha256.privkey &&
    matchesChain(pointer, pem.fullchain) &&
    versionFacts(pointer.version, pem) !== undefined
  );
}
