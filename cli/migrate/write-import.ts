import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { readLive } from '../../lib/foundation/bucket/read-pointer.ts';
import { pointerText } from '../../lib/foundation/certificate/live-pointer.ts';
import {
  type ArchiveFile,
  archiveKey,
  liveKey,
  renewalKey,
  revokedKey,
} from '../../lib/foundation/certificate/object-keys.ts';
import { isCompromised, isRevocationOf } from '../../lib/foundation/certificate/revocation.ts';
import { putCopies } from '../../lib/issuance/renewal/copies.ts';
import { readRevocations } from '../../lib/issuance/revocation/read-revocations.ts';
import { CommandError } from '../command-error.ts';
import type { PreparedImport } from './prepare-import.ts';

/**
 * Takes a certificate over: its version, the pointer, and the renewal file last, because that starts a scan, which is to find
 * it live. What is live already is never replaced; the same again ends in the same place. Throws {@link CommandError}.
 */
export async function writeImport(
  store: ObjectStore,
  prepared: PreparedImport,
): Promise<'imported' | 'there-already'> {
  const { name, pointer, file } = prepared;
  const stored = await requireFree(store, prepared);
  if (stored === 'whole') return 'there-already';
  const groups = pointer.hosts;
  const files = {
    cert: prepared.issued.cert,
    chain: prepared.issued.chain,
    fullchain: prepared.issued.fullchain,
    privkey: prepared.key.reveal(),
  };
  for (const [part, pem] of Object.entries(files)) {
    const key = archiveKey(name, pointer.version, part as ArchiveFile);
    if (!(await store.create(key, pem, { groups })))
      throw new CommandError('archive-differs', `${key} exists already with another content`);
  }
  if (!(await store.create(liveKey(name), pointerText(pointer), { groups }))) throw liveAlready(name);
  await putCopies(store, { name, groups, files });
  if (!(await store.create(renewalKey(name), file))) throw fileAlready(name);
  return 'imported';
}

/** Nothing of another origin may be there; what an earlier, cut off import of the same certificate left may. */
export async function requireFree(
  store: ObjectStore,
  { name, pointer }: PreparedImport,
): Promise<'free' | 'whole'> {
  const [live, file, revocations] = await Promise.all([
    readLive(store, name),
    store.get(renewalKey(name)),
    readRevocations(store, name),
  ]);
  const isRevoked =
    revocations.some((one) => isRevocationOf(one, pointer)) ||
    isCompromised(revocations, pointer.keyFingerprint);
  if (isRevoked && !live) throw revokedBefore(name);
  if (live && live.pointer.fingerprint !== pointer.fingerprint) throw liveAlready(name);
  if (live && file) return 'whole';
  if (file) throw fileAlready(name);
  return 'free';
}

const revokedBefore = (name: string) =>
  new CommandError('revoked-before', {
    seen: `${revokedKey(name)} says that it, or its key, was revoked`,
    remedy: 'use "perennial-tls add" to have it issued with a new key',
  });

const liveAlready = (name: string) =>
  new CommandError('live-already', {
    seen: `${liveKey(name)} is another certificate`,
    remedy: 'it is left as it is',
  });

const fileAlready = (name: string) =>
  new CommandError(
    'renewal-file-exists',
    `${renewalKey(name)} exists already, and the stack issues it by itself`,
  );
