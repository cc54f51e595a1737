import { type ObjectStore, StoreError } from '../../foundation/bucket/object-store.ts';
import { orNone } from '../../foundation/bucket/read-json.ts';
import { acmKey } from '../../foundation/certificate/object-keys.ts';
import { type AcmImport, AcmRecord } from './rules/decide-imports.ts';

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
  throw new StoreError('store-unavailable', {
    seen: `${key} kept changing`,
    remedy: 'the next scan compares again',
  });
}

/** What ACM has of a certificate, by our record. One that cannot be read is none: the import finds its own again by their tags. */
export async function readAcmRecord(
  store: Pick<ObjectStore, 'get'>,
  name: string,
): Promise<{ record: AcmRecord | undefined; etag: string } | undefined> {
  const stored = await store.get(acmKey(name));
  return stored && { record: orNone(stored.body, AcmRecord), etag: stored.etag };
}
