import { type ObjectStore, StoreError, type Written } from '../../foundation/bucket/object-store.ts';
import { sha256 } from '../../foundation/certificate/leaf.ts';
import { instantOf, nextVersion } from '../../foundation/certificate/lineage.ts';
import { type LivePointer, pointerText } from '../../foundation/certificate/live-pointer.ts';
import { ARCHIVE_FILES, archiveKey, liveKey } from '../../foundation/certificate/object-keys.ts';
import type { ArchivedPem } from '../../foundation/certificate/rebuild-pointer.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { recordedAfter } from '../caa/rules/caa-plan.ts';
import type { PlacedEdit } from '../dns/rules/record-edits.ts';
import { filesOf } from './copies.ts';
import { versionsOf } from './find-upkeep.ts';
import type { Committed, Finalized, RenewRun } from './phases.ts';
import { requireSoundKey } from './require-sound-key.ts';
import { tagVersions } from './tag-versions.ts';

/** Another worker wrote the pointer meanwhile. */
class PointerMovedError extends PerennialError<'claimed-elsewhere'> {
  override readonly name = 'PointerMovedError';
}

/**
 * Archives the version, then moves the pointer to it. The pointer's `If-Match` makes that the commit, and stops a worker
 * that slept past the end of its claim.
 */
export async function commit(run: RenewRun, renewal: Finalized): Promise<Committed> {
  const { deps, authority } = run;
  const { name, wanted, live, pointerEtag } = renewal;
  const { facts } = renewal.issued;
  const now = deps.clock();
  const files = filesOf(renewal);
  const archived = await archivedBefore(deps.store, renewal, files.fullchain);
  const version = archived ?? versionAfter(deps, live?.pointer.version);
  const caaIssuer = await authority.caaIssuer();
  await archive(deps.store, wanted, { version, files });
  renewal.claim.issuedAt = instantOf(version);
  const pointer: LivePointer = {
    version,
    names: wanted.names,
    serial: facts.serial,
    notBefore: facts.notBefore.toISOString(),
    notAfter: facts.notAfter.toISOString(),
    certId: facts.certId,
    issuedAt: now.toISOString(),
    fingerprint: facts.fingerprint,
    keyFingerprint: facts.keyFingerprint,
    key: wanted.key,
    hosts: wanted.hosts,
    serverNames: wanted.serverNames,
    sha256: { fullchain: sha256(files.fullchain), privkey: sha256(files.privkey) },
    ca: authority.directoryUrl,
    ...caaAfter(live?.pointer, renewal.caaEdits),
    ...(caaIssuer && { caaIssuer }),
    ...(renewal.caaFallbacks.length > 0 && { caaFallbacks: renewal.caaFallbacks }),
    ...(wanted.profile === undefined ? {} : { profile: wanted.profile }),
  };
  await requireSoundKey(run, renewal);
  // Before the pointer, which shows that it is done. Whoever archived it before may have done so for other groups.
  const isForOthers = live !== undefined && !isSameSet(live.pointer.hosts, wanted.hosts);
  if (archived !== undefined || isForOthers) await tagVersions(deps.store, name, wanted.hosts);
  await writePointer(deps.store, name, { pointer, etag: pointerEtag });
  return { ...renewal, version, pointer };
}

const isSameSet = (a: readonly string[], b: readonly string[]) =>
  a.length === b.length && a.every((one) => b.includes(one));

/** Writes the pointer if its object is still at `etag`, or still absent without one: of two workers one wins. */
export async function writePointer(
  store: ObjectStore,
  name: string,
  { pointer, etag }: { pointer: LivePointer; etag: string | undefined },
): Promise<Written> {
  const key = liveKey(name);
  const body = pointerText(pointer);
  const groups = pointer.hosts;
  const written = await (etag === undefined
    ? store.create(key, body, { groups })
    : store.replace(key, body, { groups, etag }));
  if (!written)
    throw new PointerMovedError('claimed-elsewhere', `${name} is being renewed by another worker`);
  return written;
}

/** The version that a worker archived before it died: the pointer still has to move to it. */
async function archivedBefore(
  store: ObjectStore,
  { name, live, resumed }: Finalized,
  fullchain: string,
): Promise<string | undefined> {
  if (!resumed) return undefined;
  const oldest = live?.pointer.version ?? '';
  for (const { version } of await versionsOf(store, name)) {
    if (version <= oldest) return undefined;
    const chain = await store.get(archiveKey(name, version, 'fullchain'));
    if (chain?.body === fullchain) return version;
  }
  return undefined;
}

export function versionAfter(
  { clock, runtime }: Pick<RenewRun['deps'], 'clock' | 'runtime'>,
  previous: string | undefined,
): string {
  return nextVersion(previous, clock(), runtime.hex(3));
}

export async function archive(
  store: ObjectStore,
  { name, hosts }: Wanted,
  { version, files }: { version: string; files: ArchivedPem },
): Promise<void> {
  await Promise.all(
    ARCHIVE_FILES.map(async (file) => {
      const key = archiveKey(name, version, file);
      const written = await store.create(key, files[file], { groups: hosts });
      if (!written) throw new StoreError('store-unavailable', `${key} exists already with another content`);
    }),
  );
}

/** The CAA values that we may change later, after these edits. */
export function caaAfter(
  live: LivePointer | undefined,
  edits: readonly PlacedEdit[],
): Pick<LivePointer, 'caa'> {
  const changes = edits.map(({ edit }) => ({ at: edit.name, add: [...edit.add], remove: [...edit.remove] }));
  const recorded = recordedAfter(live?.caa ?? [], changes);
  const caa = recorded.map(({ name, values }) => ({ name, values: [...values] }));
  return caa.length > 0 ? { caa } : {};
}
