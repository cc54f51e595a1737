import { FORMAT_KEY } from '../certificate/object-keys.ts';
import { InputError } from '../common/input-error.ts';
import type { ObjectStore } from './object-store.ts';
import { complaintAboutFormat, FORMAT, markerText, readMarker } from './rules/bucket-format.ts';
import { updateObject } from './update-object.ts';

/**
 * Marks the bucket with the format of this release, before anything else is written. Throws {@link InputError} in one line where
 * a newer release has been here, as after a rollback: what it wrote could not be read, or would be written over.
 */
export async function keepFormat(
  store: Pick<ObjectStore, 'get' | 'create' | 'replace' | 'remove'>,
  { release, dryRun = false }: { release: string; dryRun?: boolean | undefined },
): Promise<void> {
  await updateObject(store, FORMAT_KEY, (text) => {
    const marker = readMarker(text);
    const complaint = marker && complaintAboutFormat(marker, { where: FORMAT_KEY, own: release });
    if (complaint) throw new InputError('bucket-newer', complaint);
    const isKept = dryRun || marker?.format === FORMAT;
    return { body: isKept ? text : markerText(release) };
  });
}
