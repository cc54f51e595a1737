import { compareTexts } from '../common/compare-texts.ts';
import { DAY, MINUTE } from '../common/durations.ts';
import { Version } from './lineage.ts';
import { ARCHIVE_FILES, type ArchiveFile, archivePrefix, copiesPrefix, LIVE_FILES } from './object-keys.ts';

interface ListedObject {
  key: string;
  etag?: string;
  /** By the store's clock. */
  modified: Date;
}

/** A version in `archive/`: when each of its files was written. */
export interface StoredVersion {
  version: string;
  modified: ReadonlyMap<ArchiveFile, Date>;
  /** Of its full chain. */
  chainEtag?: string | undefined;
}

/** The versions below {@link archivePrefix}, newest first; other objects are skipped. */
export function storedVersions(name: string, listed: readonly ListedObject[]): StoredVersion[] {
  const versions = new Map<string, Map<ArchiveFile, Date>>();
  const chains = new Map<string, string | undefined>();
  for (const { key, etag, modified } of listed) {
    const [version = '', file = ''] = key.slice(archivePrefix(name).length).split('/');
    const known = ARCHIVE_FILES.find((archived) => file === `${archived}.pem`);
    if (!known || !Version.safeParse(version).success) continue;
    const files = versions.get(version) ?? new Map();
    versions.set(version, files.set(known, modified));
    if (known === 'fullchain') chains.set(version, etag);
  }
  return [...versions]
    .map(([version, modified]) => ({ version, modified, chainEtag: chains.get(version) }))
    .sort((a, b) => compareTexts(b.version, a.version));
}

export function isComplete({ modified }: StoredVersion): boolean {
  return modified.size === ARCHIVE_FILES.length;
}

/** Whether a file was written after the pointer to its version, which our code never does. */
export function isTouched({ modified }: StoredVersion, pointerModified: Date): boolean {
  return [...modified.values()].some((at) => at.getTime() > pointerModified.getTime() + MINUTE);
}

/** Whether a copy in `live/<name>/` is missing or older than the version. */
export function copiesLag(name: string, copies: readonly ListedObject[], version: StoredVersion): boolean {
  const written = new Map(copies.map((copy) => [copy.key.slice(copiesPrefix(name).length), copy.modified]));
  return LIVE_FILES.some((file) => {
    const copied = written.get(`${file}.pem`);
    const archived = version.modified.get(file === 'bundle' ? 'privkey' : file);
    return copied === undefined || archived === undefined || copied < archived;
  });
}

const NEWEST_KEPT = 2;
const isLongAgo = (at: Date, now: Date) => at.getTime() + 30 * DAY < now.getTime();

/** Versions that may be of no more use: not the live one, not the two newest, and not archived within 30 days. */
export function perhapsOutlived(versions: readonly StoredVersion[], live: string, now: Date) {
  const isOld = ({ modified }: StoredVersion) => [...modified.values()].every((at) => isLongAgo(at, now));
  return versions.slice(NEWEST_KEPT).filter((one) => one.version !== live && isOld(one));
}

/** A version is of no more use 30 days after its expiry, or if its certificate cannot be read. */
export function isOutlived(notAfter: Date | undefined, now: Date): boolean {
  return notAfter === undefined || isLongAgo(notAfter, now);
}
