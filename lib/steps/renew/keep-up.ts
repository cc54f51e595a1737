import { ARCHIVE_FILES, archiveKey } from '../../core/object-keys.ts';
import { copiesAreBehind, outlived, versionsOf } from '../find-upkeep.ts';
import { putCopies } from './commit.ts';
import type { Claimed, RenewDeps } from './context.ts';
import { readVersion } from './newest-valid.ts';

/** Writes the copies in `live/<name>/` anew where they lag, and removes versions that are of no use any more. */
export async function keepUp(
  { store, clock }: RenewDeps,
  { name, wanted, live }: Pick<Claimed, 'name' | 'wanted' | 'live'>,
): Promise<void> {
  if (!live) return;
  const { version } = live.pointer;
  const versions = await versionsOf(store, name);
  const stored = versions.find((candidate) => candidate.version === version);
  if (stored && (await copiesAreBehind(store, name, stored)))
    await putCopies(store, { name, groups: wanted.hosts, files: await readVersion(store, name, version) });
  for (const old of await outlived(store, { name, live: version, versions }, clock())) {
    for (const file of ARCHIVE_FILES) await store.remove(archiveKey(name, old.version, file));
  }
}
