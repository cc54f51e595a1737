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
 * Changes the entry of one region by compare-and-swap and returns the one before. When `change` gives `undefined`, so does
 * this, and nothing is written. An unreadable record counts as none.
 */
export async function recordImport(
  { store, clock }: RecordDeps,
  { name, region }: { name: string; region: string },
  change: Change,
): Promise<{ before: AcmImport | undefined } | undefined> {
  const { result } = await updateObject(store, acmKey(name), (body, stored) => {
    const record = orNone(body, AcmRecord);
    const imports = record?.imports ?? [];
    const before = imports.find((one) => one.region === region);
    const after = change(before, stored ? stored.at.getTime() - stored.modified.getTime() : 0);
    if (!after) return { result: undefined, body };
    const others = imports.filter((one) => one.region !== region);
    const said = { reason: undefined, message: undefined };
    const entry = { ...before, ...said, region, ...after, at: clock().toISOString() };
    const sorted = [...others, entry].sort((a, b) => compareTexts(a.region, b.region));
    return { result: { before }, body: `${JSON.stringify({ ...record, name, imports: sorted }, null, 2)}\n` };
  });
  return result;
}

/** An unreadable record counts as none: the import finds the ARN again by its tags. */
export async function readAcmRecord(store: Pick<ObjectStore, 'get'>, name: string) {
  return orNone((await store.get(acmKey(name)))?.body, AcmRecord);
}
