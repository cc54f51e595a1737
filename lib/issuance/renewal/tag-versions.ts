import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { archiveKey } from '../../foundation/certificate/object-keys.ts';
import { versionsOf } from './find-upkeep.ts';

/**
 * Lets these groups, and no others, read every version that is still there: an older one has a key too, which is good until it
 * expires, or is the live one's.
 */
export async function tagVersions(
  store: Pick<ObjectStore, 'get' | 'list' | 'tag'>,
  name: string,
  groups: readonly string[],
): Promise<void> {
  for (const { version, modified } of await versionsOf(store, name))
    await Promise.all([...modified.keys()].map((file) => store.tag(archiveKey(name, version, file), groups)));
}
