import { randomBytes } from 'node:crypto';
import { StoreError } from '../../foundation/bucket/object-store.ts';
import { nextVersion } from '../../foundation/certificate/lineage.ts';
import { ARCHIVE_FILES, archiveKey, liveCopyKey } from '../../foundation/certificate/object-keys.ts';
import {
  type ArchivedPem,
  type VersionFacts,
  versionFacts,
} from '../../foundation/certificate/rebuild-pointer.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import { isComplete } from '../../foundation/certificate/stored-versions.ts';
import type { RenewDeps } from './deps.ts';
import { versionsOf } from './find-upkeep.ts';

/** Stands for the version of the copies, which do not say it. */
const UNKNOWN = '00000101T000000Z-000000';

/**
 * A version that a pointer can lead to: the newest whose key is its certificate's, one that has not expired rather than one
 * that has, or the copies when they last longer. What is not the newest in the archive is archived anew, so that the
 * pointer never goes back. `undefined` when nothing is valid.
 */
export async function newestValid(deps: RenewDeps, wanted: Wanted): Promise<VersionFacts | undefined> {
  const { store, clock } = deps;
  const { name } = wanted;
  const versions = await versionsOf(store, name);
  const isGood = (facts: VersionFacts) => Date.parse(facts.notAfter) > clock().getTime();
  let best: Candidate | undefined;
  for (const { version } of versions.filter(isComplete)) {
    const candidate = candidateOf(version, await readVersion(store, name, version));
    best ??= candidate;
    if (candidate && isGood(candidate.facts)) {
      best = candidate;
      break;
    }
  }
  const copies = candidateOf(UNKNOWN, await readFiles(store, (file) => liveCopyKey(name, file)));
  if (copies && !(best && best.facts.notAfter >= copies.facts.notAfter)) best = copies;
  if (!best || best.facts.version === versions[0]?.version) return best?.facts;
  const version = nextVersion(versions[0]?.version, clock(), randomBytes(3).toString('hex'));
  for (const file of ARCHIVE_FILES) {
    const key = archiveKey(name, version, file);
    if (!(await store.create(key, best.pem[file], { groups: wanted.hosts })))
      throw new StoreError('store-unavailable', `${key} exists already with another content`);
  }
  return { ...best.facts, version };
}

interface Candidate {
  facts: VersionFacts;
  pem: ArchivedPem;
}

function candidateOf(version: string, pem: ArchivedPem): Candidate | undefined {
  const facts = versionFacts(version, pem);
  return facts && { facts, pem };
}

/** A version's files; what is not there is empty. */
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
