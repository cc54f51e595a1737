import { randomBytes } from 'node:crypto';
import { StoreError } from '../../foundation/bucket/object-store.ts';
import { sha256 } from '../../foundation/certificate/leaf.ts';
import { nextVersion } from '../../foundation/certificate/lineage.ts';
import { type LivePointer, pointerText } from '../../foundation/certificate/live-pointer.ts';
import {
  type ArchiveFile,
  archiveKey,
  LIVE_FILES,
  liveCopyKey,
  liveKey,
} from '../../foundation/certificate/object-keys.ts';
import type { ArchivedPem } from '../../foundation/certificate/rebuild-pointer.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { recordedAfter } from '../caa/rules/caa-plan.ts';
import type { PlacedEdit } from '../dns/rules/record-edits.ts';
import { versionsOf } from './find-upkeep.ts';
import type { Committed, Finalized, RenewRun } from './phases.ts';

/** The pointer was written by another worker meanwhile: the compare-and-swap of the commit failed. */
export class PointerMovedError extends PerennialError<'claimed-elsewhere'> {
  override readonly name = 'PointerMovedError';

  constructor(name: string) {
    super('claimed-elsewhere', `${name} is being renewed by another worker`);
  }
}

/**
 * Writes the version, then moves the pointer to it: the pointer's compare-and-swap is the commit, and the fence against a
 * worker that slept past its claim.
 */
export async function commit({ deps, authority }: RenewRun, renewal: Finalized): Promise<Committed> {
  const { name, wanted, issued, live, pointerEtag } = renewal;
  const now = deps.clock();
  const files = filesOf(renewal);
  const version =
    (await alreadyArchived(deps.store, renewal, files)) ??
    nextVersion(live?.pointer.version, now, randomBytes(3).toString('hex'));
  const caaIssuer = await authority.caaIssuer();
  await Promise.all(
    Object.entries(files).map(([file, pem]) =>
      archive(renewal, deps.store, { file: file as ArchiveFile, version, pem }),
    ),
  );
  const { facts } = issued;
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
  const options = { groups: wanted.hosts };
  const written =
    pointerEtag === undefined
      ? await deps.store.create(liveKey(name), pointerText(pointer), options)
      : await deps.store.replace(liveKey(name), pointerText(pointer), { ...options, etag: pointerEtag });
  if (!written) throw new PointerMovedError(name);
  return { ...renewal, version, pointer };
}

/** The version that a worker which died before the commit archived this certificate as; the pointer is still to move to it. */
async function alreadyArchived(
  store: RenewRun['deps']['store'],
  { name, live, resumed }: Finalized,
  files: ReturnType<typeof filesOf>,
): Promise<string | undefined> {
  if (!resumed) return undefined;
  const oldest = live?.pointer.version ?? '';
  for (const { version } of await versionsOf(store, name)) {
    if (version <= oldest) return undefined;
    const chain = await store.get(archiveKey(name, version, 'fullchain'));
    if (chain?.body === files.fullchain) return version;
  }
  return undefined;
}

/** The CAA values that are ours to change later, after these edits. */
export function caaAfter(
  live: LivePointer | undefined,
  edits: readonly PlacedEdit[],
): Pick<LivePointer, 'caa'> {
  const changes = edits.map(({ edit: { name, add, remove } }) => ({
    at: name,
    add: [...add],
    remove: [...remove],
  }));
  const caa = recordedAfter(live?.caa ?? [], changes).map(({ name, values }) => ({
    name,
    values: [...values],
  }));
  return caa.length > 0 ? { caa } : {};
}

async function archive(
  { name, wanted }: Finalized,
  store: RenewRun['deps']['store'],
  { file, version, pem }: { file: ArchiveFile; version: string; pem: string },
): Promise<void> {
  const key = archiveKey(name, version, file);
  const written = await store.create(key, pem, { groups: wanted.hosts });
  if (!written) throw new StoreError('store-unavailable', `${key} exists already with another content`);
}

/** The copies for simple readers; the pointer is what counts, and the weekly sweep mends copies that lag. */
export async function writeCopies({ deps }: RenewRun, renewal: Committed): Promise<void> {
  const { name, wanted } = renewal;
  await putCopies(deps.store, { name, groups: wanted.hosts, files: filesOf(renewal) });
}

export async function putCopies(
  store: RenewRun['deps']['store'],
  { name, groups, files }: { name: string; groups: readonly string[]; files: ArchivedPem },
): Promise<void> {
  const copies = { ...files, bundle: files.fullchain + files.privkey };
  await Promise.all(LIVE_FILES.map((file) => store.put(liveCopyKey(name, file), copies[file], { groups })));
}

function filesOf({ issued, key }: Finalized): ArchivedPem {
  return { cert: issued.cert, chain: issued.chain, fullchain: issued.fullchain, privkey: key.reveal() };
}
