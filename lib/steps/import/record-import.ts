import type { AcmImport } from '../../core/acm-imports.ts';
import { acmKey } from '../../core/object-keys.ts';
import { type ObjectStore, StoreError } from '../../ports/object-store.ts';
import { readAcmRecord } from '../read-objects.ts';

export interface RecordDeps {
  store: ObjectStore;
  clock: () => Date;
}

type Change = (before: AcmImport | undefined) => Omit<AcmImport, 'region' | 'at'> | undefined;

const MAX_CONFLICTS = 8;

/**
 * Changes the entry of one region by compare-and-swap and returns what it was before; `undefined` when `change` says so, and
 * then nothing is written. What cannot be read counts as nothing.
 */
export async function recordImport(
  { store, clock }: RecordDeps,
  { name, region }: { name: string; region: string },
  change: Change,
): Promise<{ before: AcmImport | undefined } | undefined> {
  const key = acmKey(name);
  for (let attempt = 0; attempt < MAX_CONFLICTS; attempt += 1) {
    const stored = await readAcmRecord(store, name);
    const imports = stored?.record?.imports ?? [];
    const before = imports.find((one) => one.region === region);
    const after = change(before);
    if (!after) return undefined;
    const others = imports.filter((one) => one.region !== region);
    const entry = { region, ...after, at: clock().toISOString() };
    const sorted = [...others, entry].sort((a, b) => (a.region < b.region ? -1 : 1));
    const body = `${JSON.stringify({ name, imports: sorted }, null, 2)}\n`;
    const written = stored
      ? await store.replace(key, body, { etag: stored.etag })
      : await store.create(key, body);
    if (written) return { before };
  }
  throw new StoreError('store-unavailable', `${key} kept changing; the next scan compares again`);
}
