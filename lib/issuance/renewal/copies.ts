import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { LIVE_FILES, liveCopyKey } from '../../foundation/certificate/object-keys.ts';
import type { ArchivedPem } from '../../foundation/certificate/rebuild-pointer.ts';
import type { Committed, Finalized } from './phases.ts';

/** The copies for simple readers. The pointer is what counts; the weekly sweep repairs copies that lag behind. */
export async function writeCopies(store: ObjectStore, renewal: Committed): Promise<void> {
  await putCopies(store, { name: renewal.name, groups: renewal.wanted.hosts, files: filesOf(renewal) });
}

export async function putCopies(
  store: ObjectStore,
  { name, groups, files }: { name: string; groups: readonly string[]; files: ArchivedPem },
): Promise<void> {
  const copies = { ...files, bundle: files.fullchain + files.privkey };
  await Promise.all(LIVE_FILES.map((file) => store.put(liveCopyKey(name, file), copies[file], { groups })));
}

/** What is stored of a certificate that was issued. */
export function filesOf({ issued, key }: Finalized): ArchivedPem {
  return { cert: issued.cert, chain: issued.chain, fullchain: issued.fullchain, privkey: key.reveal() };
}
