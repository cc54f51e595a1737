import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { readLive } from '../../foundation/bucket/read-pointer.ts';
import { sha256 } from '../../foundation/certificate/leaf.ts';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import { type ArchiveFile, archiveKey, renewalKey } from '../../foundation/certificate/object-keys.ts';
import { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import { parseRenewalFile } from '../../foundation/certificate/renewal-file.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { once } from '../../foundation/common/once.ts';
import type { ImportDue } from '../../foundation/events/events.ts';
import type { ImportableCertificate } from './certificate-manager.ts';
import { claimRegions, type ImportOutcome, importIntoRegion, type RegionDeps } from './import-into-region.ts';
import { readAcmRecord, recordImports } from './record-import.ts';
import { decideImports } from './rules/decide-imports.ts';

export interface ImportDeps extends RegionDeps {
  stack: Stack;
}

/**
 * Imports the live version of each certificate into ACM in the regions of its file. One region's failure stops no other. When
 * `signal` aborts nothing new is begun: the next check asks again for what is left.
 */
export async function importToAcm(
  deps: ImportDeps,
  { names }: ImportDue,
  signal?: AbortSignal,
): Promise<ImportOutcome[]> {
  const outcomes: ImportOutcome[] = [];
  for (const name of names) {
    if (signal?.aborted) {
      outcomes.push({ name, outcome: 'left', reason: 'out-of-time' });
      continue;
    }
    try {
      outcomes.push(...(await importCertificate(deps, name, signal)));
    } catch (error) {
      outcomes.push({ name, outcome: 'failed', ...describeError(error) });
    }
  }
  return outcomes;
}

async function importCertificate(
  deps: ImportDeps,
  name: string,
  signal: AbortSignal | undefined,
): Promise<ImportOutcome[]> {
  const { store, stack } = deps;
  const file = await store.get(renewalKey(name));
  if (!file) return [{ name, outcome: 'left', reason: 'renewal-file-missing' }];
  const wanted = parseRenewalFile(file.body, name, stack).acm ?? [];
  const live = await readLive(store, name);
  if (!live) return [{ name, outcome: 'left', reason: 'never-issued' }];
  const record = await readAcmRecord(store, name);
  const { version, names } = live.pointer;
  const { due, unwanted } = decideImports({ wanted, record, version });
  const claimed = await claimRegions(deps, { name, version, regions: due });
  const kept = await Promise.all(unwanted.map((region) => retain(deps, { name, region })));
  const readOnce = once((pointer: LivePointer) => readVersion(store, name, pointer));
  const read = () => readOnce(live.pointer);
  const imported = due.map(async (region): Promise<ImportOutcome> => {
    if (!claimed.has(region)) return { name, region, outcome: 'left', reason: 'claimed-elsewhere' };
    const before = claimed.get(region);
    return importIntoRegion(deps, { name, names, region, version, before, read, signal }).catch((error) => ({
      name,
      region,
      outcome: 'failed',
      ...describeError(error),
    }));
  });
  return [...kept, ...(await Promise.all(imported))];
}

/** The import may still be in use. */
async function retain(
  deps: ImportDeps,
  { name, region }: { name: string; region: string },
): Promise<ImportOutcome> {
  const message = `the file does not name ${region} any more; its ACM keeps the last import, without renewal, until you delete it there`;
  const entry = { outcome: 'kept', reason: 'region-removed', message } as const;
  await recordImports(deps, { name, regions: [region] }, (before) => ({ ...before, ...entry }));
  return { name, region, ...entry };
}

const remedy = 'renew with force to get a new version';

/** The files of the live version. Throws unless they have the pointer's hashes. */
async function readVersion(
  store: ObjectStore,
  name: string,
  { version, sha256: hashes }: LivePointer,
): Promise<ImportableCertificate> {
  const read = async (file: ArchiveFile) => {
    const key = archiveKey(name, version, file);
    const stored = await store.get(key);
    if (stored) return stored.body;
    throw new InputError('archive-incomplete', { seen: `${key} is missing`, remedy });
  };
  const [cert, chain, privkey] = await Promise.all([read('cert'), read('chain'), read('privkey')]);
  const seen = `archive/${name}/${version}/ does not hold what live/${name}.json names`;
  if (sha256(cert + chain) !== hashes.fullchain || sha256(privkey) !== hashes.privkey)
    throw new InputError('archive-mismatch', { seen, remedy });
  return { cert, chain, key: new PrivateKeyPem(privkey) };
}
