import { DAY, MINUTE } from '../common/durations.ts';
import { Version } from './lineage.ts';
import {
  ARCHIVE_FILES,
  type ArchiveFile,
  archivePrefix,
  copiesPrefix,
  LIVE_FILES,
  type LiveFile,
} from './object-keys.ts';

/** Instants are by the store's clock. */
interface ListedObject {
  key: string;
  modified: Date;
}

/** One version as it lies in `archive/`: when each of its files that is there was written. */
export interface StoredVersion {
  version: string;
  modified: ReadonlyMap<ArchiveFile, Date>;
}

/** The versions among the objects below {@link archivePrefix}, newest first; what is no version's file is passed over. */
export function storedVersions(name: string, listed: readonly ListedObject[]): StoredVersion[] {
  const versions = new Map<string, Map<ArchiveFile, Date>>();
  for (const { key, modified } of listed) {
    const [version = '', file = ''] = key.slice(archivePrefix(name).length).split('/');
    const known = ARCHIVE_FILES.find((archived) => file === `${archived}.pem`);
    if (!known || !Version.safeParse(version).success) continue;
    const files = versions.get(version) ?? new Map();
    versions.set(version, files.set(known, modified));
  }
  return [...versions]
    .map(([version, modified]) => ({ version, modified }))
    .sort((a, b) => (a.version < b.version ? 1 : -1));
}

export function isComplete({ modified }: StoredVersion): boolean {
  return modified.size === ARCHIVE_FILES.length;
}

/** Whether a file was written after the pointer to its version: nothing of ours does that. */
export function isTouched({ modified }: StoredVersion, pointerModified: Date): boolean {
  return [...modified.values()].some((at) => at.getTime() > pointerModified.getTime() + MINUTE);
}

/** Whether a copy in `live/<name>/` is missing or was written before the version that it should be of. */
export function copiesLag(
  name: string,
  copies: readonly ListedObject[],
  { modified }: StoredVersion,
): boolean {
  const written = new Map(copies.map((copy) => [copy.key.slice(copiesPrefix(name).length), copy.modified]));
  return LIVE_FILES.some((file) => {
    const copied = written.get(`${file}.pem`);
    const archived = modified.get(archivedAs(file));
    return copied === undefined || archived === undefined || copied < archived;
  });
}

function archivedAs(file: LiveFile): ArchiveFile {
  return file === 'bundle' ? 'privkey' : file;
}

const KEPT = 2;
const KEPT_AFTER_EXPIRY_MS = 30 * DAY;

/** Versions that may have outlived their use: not the live one, not the two newest, and not archived within 30 days. */
export function perhapsOutlived(
  versions: readonly StoredVersion[],
  live: string,
  now: Date,
): StoredVersion[] {
  const isOld = ({ modified }: StoredVersion) =>
    [...modified.values()].every((at) => at.getTime() + KEPT_AFTER_EXPIRY_MS < now.getTime());
  return versions.slice(KEPT).filter((version) => version.version !== live && isOld(version));
}

/** 30 days after its expiry a version is of no use, and so is one whose certificate cannot be read. */
export function isOutlived(notAfter: Date | undefined, now: Date): boolean {
  return notAfter === undefined || notAfter.getTime() + KEPT_AFTER_EXPIRY_MS < now.getTime();
}
