import { randomBytes } from 'node:crypto';
import { recordedAfter } from '../../core/caa-plan.ts';
import { sha256 } from '../../core/certificate.ts';
import { nextVersion } from '../../core/lineage.ts';
import { type LivePointer, pointerText } from '../../core/live-pointer.ts';
import { type ArchiveFile, archiveKey, liveCopyKey, liveKey } from '../../core/object-keys.ts';
import { StoreError } from '../../ports/object-store.ts';
import type { Committed, Finalized, PlacedEdit, RenewRun } from './context.ts';
import { LeaseLostError } from './lease.ts';

/**
 * Writes the version, then moves the pointer to it: the pointer's compare-and-swap is the commit, and the fence against a
 * worker that slept past its lease.
 */
export async function commit({ deps, authority }: RenewRun, renewal: Finalized): Promise<Committed> {
  const { name, wanted, issued, live } = renewal;
  const now = deps.clock();
  const version = nextVersion(live?.pointer.version, now, randomBytes(3).toString('hex'));
  const files = filesOf(renewal);
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
  const written = live
    ? await deps.store.replace(liveKey(name), pointerText(pointer), { ...options, etag: live.etag })
    : await deps.store.create(liveKey(name), pointerText(pointer), options);
  if (!written) throw new LeaseLostError(name);
  return { ...renewal, version, pointer };
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

/** The copies for simple readers; the pointer is what counts, and the next scan mends copies that lag. */
export async function writeCopies({ deps }: RenewRun, renewal: Committed): Promise<void> {
  const files = filesOf(renewal);
  const copies = { ...files, bundle: files.fullchain + files.privkey };
  const options = { groups: renewal.wanted.hosts };
  await Promise.all(
    (['cert', 'chain', 'fullchain', 'privkey', 'bundle'] as const).map((file) =>
      deps.store.put(liveCopyKey(renewal.name, file), copies[file], options),
    ),
  );
}

function filesOf({ issued, key }: Finalized) {
  return { cert: issued.cert, chain: issued.chain, fullchain: issued.fullchain, privkey: key.reveal() };
}
