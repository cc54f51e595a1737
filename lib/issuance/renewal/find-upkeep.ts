import type { IndexedReads } from '../../foundation/bucket/indexed-reads.ts';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { type FoundPointer, findPointer } from '../../foundation/bucket/read-pointer.ts';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import {
  acmKey,
  archiveKey,
  archivePrefix,
  copiesPrefix,
  liveKey,
  pinKey,
  probeKey,
  revokedKey,
  stateKey,
} from '../../foundation/certificate/object-keys.ts';
import { expiryOf, matchesChain } from '../../foundation/certificate/pointer-match.ts';
import {
  copiesLag,
  isComplete,
  isOutlived,
  isTouched,
  perhapsOutlived,
  type StoredVersion,
  storedVersions,
} from '../../foundation/certificate/stored-versions.ts';
import type { UpkeepReason } from './rules/decide-renewal.ts';

type Store = Pick<ObjectStore, 'get' | 'list'> & Partial<Pick<IndexedReads, 'isSound' | 'rememberSound'>>;

/** The archived versions of a certificate, newest first. */
export async function versionsOf(store: Store, name: string): Promise<StoredVersion[]> {
  return storedVersions(name, await store.list(archivePrefix(name), { deep: true }));
}

/**
 * What is wrong with a pointer and its versions. A missing pointer costs a list. Where it `looksClosely`, as the weekly
 * sweep does, it costs two lists and the live chain, if that is not known to be sound. No private key is read.
 */
export async function assessPointer(
  store: Store,
  { name, found, looksClosely }: { name: string; found: FoundPointer | undefined; looksClosely: boolean },
  now: Date,
): Promise<UpkeepReason | undefined> {
  if (found && !found.pointer) return 'pointer-lost';
  if (found && !looksClosely) return undefined;
  const versions = await versionsOf(store, name);
  if (!found?.pointer) return versions.some(isComplete) ? 'pointer-lost' : undefined;
  const { pointer, modified } = found;
  const live = versions.find(({ version }) => version === pointer.version);
  if (!live || !isComplete(live) || isTouched(live, modified)) return 'pointer-lost';
  if (!(await isSound(store, name, { ...found, pointer, chainEtag: live.chainEtag }))) return 'pointer-lost';
  if (await copiesAreBehind(store, name, live)) return 'copies-behind';
  const old = await outlived(store, { name, live: pointer.version, versions }, now);
  return old.length > 0 ? 'old-versions' : undefined;
}

/** Whether the pointer tells of the chain what is in it. */
async function isSound(
  store: Store,
  name: string,
  { pointer, etag, chainEtag }: { pointer: LivePointer; etag: string; chainEtag: string | undefined },
): Promise<boolean> {
  const pair = `${etag} ${chainEtag}`;
  if (store.isSound?.(pair)) return true;
  const chain = await store.get(archiveKey(name, pointer.version, 'fullchain'));
  const is = chain !== undefined && matchesChain(pointer, chain.body);
  if (is && chain.etag === chainEtag) store.rememberSound?.(pair);
  return is;
}

export async function copiesAreBehind(store: Store, name: string, live: StoredVersion): Promise<boolean> {
  return copiesLag(name, await store.list(copiesPrefix(name)), live);
}

/**
 * All objects of a certificate without a renewal file, but for its claim, once nobody needs them any more: 30 days after its
 * live version and all archived ones have expired or, without a live one, after they were written. `undefined` before that.
 */
export async function outlivedObjects(
  store: Store,
  name: string,
  now: Date,
): Promise<{ key: string; etag: string }[] | undefined> {
  const pointer = (await findPointer(store, name))?.pointer;
  if (pointer && !isOutlived(new Date(pointer.notAfter), now)) return undefined;
  const archived = await store.list(archivePrefix(name), { deep: true });
  const copies = await store.list(copiesPrefix(name), { deep: true });
  const single = [acmKey, probeKey, stateKey, pinKey, liveKey, revokedKey].map(async (keyOf) => {
    // A list leaves out the key that is its prefix.
    const listed = await store.list(keyOf(name).slice(0, -1));
    return listed.filter(({ key }) => key === keyOf(name));
  });
  // In this order: a revoked key stays known as long as any version may have it.
  const objects = [...archived, ...copies, ...(await Promise.all(single)).flat()];
  // A removal that fails is remembered in the state, and makes nothing younger.
  const others = objects.filter(({ key }) => key !== stateKey(name));
  const judged = others.length > 0 ? others : objects;
  if (!pointer && judged.some(({ modified }) => !isOutlived(modified, now))) return undefined;
  for (const { version } of storedVersions(name, archived)) {
    const chain = await store.get(archiveKey(name, version, 'fullchain'));
    if (!isOutlived(chain && expiryOf(chain.body), now)) return undefined;
  }
  return objects;
}

/** Versions that nobody needs any more. */
export async function outlived(
  store: Store,
  { name, live, versions }: { name: string; live: string; versions: readonly StoredVersion[] },
  now: Date,
): Promise<StoredVersion[]> {
  const found: StoredVersion[] = [];
  for (const candidate of perhapsOutlived(versions, live, now)) {
    const chain = await store.get(archiveKey(name, candidate.version, 'fullchain'));
    if (isOutlived(chain && expiryOf(chain.body), now)) found.push(candidate);
  }
  return found;
}
