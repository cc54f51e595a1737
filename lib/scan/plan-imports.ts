import pMap from 'p-map';
import { readAcmRecord } from '../delivery/acm/record-import.ts';
import { decideImports } from '../delivery/acm/rules/decide-imports.ts';
import type { Reads } from '../foundation/bucket/indexed-reads.ts';
import { ACM_PREFIX, namesIn } from '../foundation/certificate/object-keys.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import type { Plan } from './rules/plan.ts';

const READS_AT_ONCE = 32;

/** Adds to the plan the certificates that ACM lacks; what cannot be read is a warning, and the rest goes on. */
export async function planImports(
  { store }: { store: Reads },
  plan: Plan,
  certificates: readonly { name: string; version: string; acm: { region: string }[] | undefined }[],
): Promise<void> {
  try {
    const kept = new Set(namesIn(await store.list(ACM_PREFIX), ACM_PREFIX));
    const look = async ({ name, version, acm: wanted = [] }: (typeof certificates)[number]) => {
      const isKept = kept.has(name);
      if (wanted.length === 0 && !isKept) return [];
      const record = isKept ? await readAcmRecord(store, name) : undefined;
      const { due, unwanted } = decideImports({ wanted, record, version });
      return due.length + unwanted.length > 0 ? [name] : [];
    };
    plan.imports = (await pMap(certificates, look, { concurrency: READS_AT_ONCE })).flat();
  } catch (error) {
    plan.warnings.push(describeError(error).message);
  }
}
