import pMap from 'p-map';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { findPointer } from '../../foundation/bucket/read-pointer.ts';
import { updateObject } from '../../foundation/bucket/update-object.ts';
import { GROUPS_PREFIX, groupKey } from '../../foundation/certificate/object-keys.ts';
import {
  decideGroupList,
  type GroupListFacts,
  groupListText,
  type ListedCertificate,
  listedOf,
  parseGroupList,
  withListed,
} from './rules/group-list.ts';

const READS_AT_ONCE = 32;

/** Lists the live versions of some certificates for new hosts of the group. Throws StoreError. */
export async function listVersions(
  store: ObjectStore,
  group: string,
  names: readonly string[],
): Promise<void> {
  const read = async (name: string) => {
    const pointer = (await findPointer(store, name))?.pointer;
    return pointer?.hosts.includes(group) ? [listedOf(name, pointer)] : [];
  };
  const changed = (await pMap(names, read, { concurrency: READS_AT_ONCE })).flat();
  if (changed.length > 0) await change(store, group, (before) => withListed(before, changed));
}

/** Makes the list of a group what a scan has seen; it is written only where it differs. Throws StoreError. */
export async function decideList(store: ObjectStore, group: string, facts: GroupListFacts): Promise<void> {
  await change(store, group, (before) => decideGroupList(before, facts));
}

/** Removes the lists of groups that are in no setting any more. */
export async function removeLists(
  store: Pick<ObjectStore, 'list' | 'remove'>,
  groups: readonly string[],
): Promise<void> {
  const wanted = new Set(groups.map(groupKey));
  for (const { key, etag } of await store.list(GROUPS_PREFIX))
    if (!wanted.has(key)) await store.remove(key, { etag });
}

async function change(
  store: ObjectStore,
  group: string,
  decide: (before: ListedCertificate[]) => ListedCertificate[],
): Promise<void> {
  await updateObject(store, groupKey(group), (text) => {
    const decided = decide(parseGroupList(text));
    return { body: text === undefined && decided.length === 0 ? undefined : groupListText(group, decided) };
  });
}
