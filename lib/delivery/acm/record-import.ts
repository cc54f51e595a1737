import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { updateObject } from '../../foundation/bucket/update-object.ts';
import { acmKey } from '../../foundation/certificate/object-keys.ts';
import { compareTexts } from '../../foundation/common/compare-texts.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import { type AcmImport, AcmRecord } from './rules/decide-imports.ts';

export interface RecordDeps {
  store: ObjectStore;
  clock: () => Date;
}

/** `idleMs` is how long ago the record was written, by the store's clock. */
type Change = (before: AcmImport | undefined, idleMs: number) => Omit<AcmImport, 'region' | 'at'> | undefined;

/**
 * Changes the entries of some regions in one write by compare-and-swap, and returns those that it changed, as they were before:
 * those for which `change` gives `undefined` stay as they are. An unreadable record counts as none.
 */
export async function recordImports(
  { store, clock }: RecordDeps,
  { name, regions }: { name: string; regions: readonly string[] },
  change: Change,
): Promise<{ region: string; before: AcmImport | undefined }[]> {
  const { changed } = await updateObject(store, acmKey(name), (body, stored) => {
    const record = orNone(body, AcmRecord);
    const imports = record?.imports ?? [];
    const idleMs = stored ? stored.at.getTime() - stored.modified.getTime() : 0;
    const changed = regions.flatMap((region) => {
      const before = imports.find((one) => one.region === region);
      const after = change(before, idleMs);
      const said = { reason: undefined, message: undefined };
      const entry = after && { ...before, ...said, region, ...after, at: clock().toISOString() };
      return entry ? [{ region, before, entry }] : [];
    });
    if (changed.length === 0) return { changed, body };
    const others = imports.filter((one) => !changed.some(({ region }) => region === one.region));
    const sorted = [...others, ...changed.map(({ entry }) => entry)].sort((a, b) =>
      compareTexts(a.region, b.region),
    );
    return { changed, body: `${JSON.stringify({ ...record, name, imports: sorted }, null, 2)}\n` };
  });
  return changed;
}

/** An unreadable record counts as none: the import finds the ARN again by its tags. */
export async function readAcmRecord(store: Pick<ObjectStore, 'get'>, name: string) {
  return orNone((await store.get(acmKey(name)))?.body, AcmRecord);
}
