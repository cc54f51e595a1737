import type { FoundPointer } from '../../foundation/bucket/read-pointer.ts';
import { sha256 } from '../../foundation/certificate/leaf.ts';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import { ARCHIVE_FILES, archiveKey, liveCopyKey, liveKey } from '../../foundation/certificate/object-keys.ts';
import { matchesChain } from '../../foundation/certificate/pointer-match.ts';
import {
  type ArchivedPem,
  fitsFile,
  rebuildPointer,
  type VersionFacts,
  versionFacts,
} from '../../foundation/certificate/rebuild-pointer.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import { isCompromised, type Revocation } from '../../foundation/certificate/revocation.ts';
import { isComplete, isTouched, type StoredVersion } from '../../foundation/certificate/stored-versions.ts';
import { issuerOf } from '../../foundation/certificate/verify-issued.ts';
import { casOf } from '../ca/rules/ca-list.ts';

import { archive, versionAfter, writePointer } from './commit.ts';
import type { RenewDeps } from './deps.ts';
import { versionsOf } from './find-upkeep.ts';
import type { Claimed } from './phases.ts';
import { setAside } from './set-aside.ts';
import { tagVersions } from './tag-versions.ts';

/**
 * The pointer, if it matches its version; else it is set aside and rebuilt from the newest valid version. Without any valid
 * version there is no live certificate, and a new one has to be issued. Of a sound version it costs a list and a read, and
 * one more of the key where that `staysLive`.
 */
export async function soundPointer(
  deps: RenewDeps,
  claimed: Pick<Claimed, 'wanted' | 'revocations' | 'archived'> & { staysLive: boolean },
  found: FoundPointer | undefined,
): Promise<Pick<Claimed, 'live' | 'pointerEtag'> & { rebuilt: boolean }> {
  const { store, stack } = deps;
  const { wanted } = claimed;
  const { name, hosts } = wanted;
  const versions = await versionsOf(claimed.archived, name);
  if (found?.pointer && (await matches(store, { ...claimed, ...found, pointer: found.pointer, versions })))
    return { live: { pointer: found.pointer, etag: found.etag }, pointerEtag: found.etag, rebuilt: false };
  const facts = await newestValid(deps, { ...claimed, versions });
  if (found) {
    const reason = found.pointer ? 'pointer-mismatch' : 'pointer-malformed';
    await setAside(deps, { key: liveKey(name), body: found.body, reason });
  }
  if (!facts) return { live: undefined, pointerEtag: found?.etag, rebuilt: false };
  const pointer = rebuildPointer(facts, { wanted, ca: casOf(wanted, stack)[0], spoilt: found?.body });
  await tagVersions(store, name, hosts);
  const { etag } = await writePointer(store, name, { pointer, etag: found?.etag });
  return { live: { pointer, etag }, pointerEtag: etag, rebuilt: true };
}

interface Pointed extends Pick<Claimed, 'wanted' | 'archived'> {
  staysLive: boolean;
  pointer: LivePointer;
  /** Of the pointer. */
  modified: Date;
  versions: readonly StoredVersion[];
}

/**
 * Certificate and chain alone were written with the full chain: they are read only if something was touched since, and so is
 * the key where a new one takes its place.
 */
async function matches(
  store: RenewDeps['store'],
  { wanted: { name }, staysLive, pointer, modified, versions, archived }: Pointed,
): Promise<boolean> {
  const { version } = pointer;
  const stored = versions.find((one) => one.version === version);
  if (!stored || !isComplete(stored)) return false;
  const holds = (pem: ArchivedPem) =>
    sha256(pem.privkey) === pointer.sha256.privkey &&
    matchesChain(pointer, pem.fullchain) &&
    versionFacts(version, pem) !== undefined;
  if (isTouched(stored, modified)) return holds(await readVersion(store, name, version));
  const [chain, key] = await Promise.all([
    archived.get(archiveKey(name, version, 'fullchain')),
    staysLive ? store.get(archiveKey(name, version, 'privkey')) : undefined,
  ]);
  const fullchain = chain?.body ?? '';
  if (!staysLive) return matchesChain(pointer, fullchain);
  return holds({ cert: fullchain, chain: '', fullchain, privkey: key?.body ?? '' });
}

/** Stands for the version of the copies, which do not name it. */
const UNKNOWN = '00000101T000000Z-000000';

/**
 * The newest unexpired version that fits the renewal file, whose key matches its certificate and is not compromised, or the
 * copies if they expire later. If it is not the newest in the archive it is archived again, so that the pointer never moves back.
 */
async function newestValid(
  deps: RenewDeps,
  {
    wanted,
    revocations,
    versions,
  }: { wanted: Wanted; revocations: readonly Revocation[]; versions: readonly StoredVersion[] },
): Promise<VersionFacts | undefined> {
  const { store, clock } = deps;
  const { name } = wanted;
  const candidateOf = (version: string, files: ArchivedPem): Candidate | undefined => {
    const facts = versionFacts(version, files);
    if (!facts || isCompromised(revocations, facts.keyFingerprint)) return undefined;
    return fitsFile(facts, files.fullchain, wanted) ? { facts, files } : undefined;
  };
  const isUnexpired = (candidate: Candidate | undefined) =>
    candidate !== undefined && Date.parse(candidate.facts.notAfter) > clock().getTime();
  let best: Candidate | undefined;
  const issuers = new Set<string | undefined>();
  for (const { version } of versions.filter(isComplete)) {
    const candidate = candidateOf(version, await readVersion(store, name, version));
    if (candidate) issuers.add(issuerOf(candidate.files.fullchain));
    best = isUnexpired(candidate) ? candidate : undefined;
    if (best) break;
  }
  const hasCopies = (await store.get(liveCopyKey(name, 'fullchain'))) !== undefined;
  const copies = hasCopies && candidateOf(UNKNOWN, await readFiles(store, (file) => liveCopyKey(name, file)));
  // Whoever writes in live/ alone can make a chain of his own; the archive, where there is one, knows the issuer.
  const isOfIssuer = copies && (issuers.size === 0 || issuers.has(issuerOf(copies.files.fullchain)));
  if (isOfIssuer && isUnexpired(copies) && !(best && best.facts.notAfter >= copies.facts.notAfter))
    best = copies;
  const newest = versions[0]?.version;
  if (!best || best.facts.version === newest) return best?.facts;
  const version = versionAfter(deps, newest);
  await archive(store, wanted, { version, files: best.files });
  return { ...best.facts, version };
}

interface Candidate {
  facts: VersionFacts;
  files: ArchivedPem;
}

/** A version's files; a missing file is empty. */
export function readVersion(store: RenewDeps['store'], name: string, version: string): Promise<ArchivedPem> {
  return readFiles(store, (file) => archiveKey(name, version, file));
}

async function readFiles(
  store: RenewDeps['store'],
  keyOf: (file: keyof ArchivedPem) => string,
): Promise<ArchivedPem> {
  const texts = ARCHIVE_FILES.map(async (file) => (await store.get(keyOf(file)))?.body ?? '');
  const [cert = '', chain = '', fullchain = '', privkey = ''] = await Promise.all(texts);
  return { cert, chain, fullchain, privkey };
}
