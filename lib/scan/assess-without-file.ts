import pMap from 'p-map';
import type { Reads } from '../foundation/bucket/indexed-reads.ts';
import { findPointer } from '../foundation/bucket/read-pointer.ts';
import { LIVE_PREFIX, namesIn } from '../foundation/certificate/object-keys.ts';
import type { DueCertificate } from '../issuance/renewal/rules/batches.ts';
import { type PlannedCertificate, plannedWithoutFile } from './rules/plan.ts';

interface WithoutFile {
  /** Certificates that have a renewal file. */
  files: ReadonlySet<string>;
  /** Certificates with a claim that no worker holds any more. */
  leftOpen: ReadonlySet<string>;
  /** Whether all pointers are looked through for some without a file. */
  all: boolean;
  defaultCa: string;
  now: Date;
}

const READS_AT_ONCE = 32;

/** Certificates whose renewal file is gone, or never was: they are left as they are, but what a worker left open is ended. */
export async function assessWithoutFile(
  store: Reads,
  { files, leftOpen, all, defaultCa, now }: WithoutFile,
): Promise<{ planned: PlannedCertificate; due?: DueCertificate }[]> {
  const pointers = all ? namesIn(await store.list(LIVE_PREFIX), LIVE_PREFIX) : [];
  const names = [...new Set([...pointers, ...leftOpen])].filter((name) => !files.has(name));
  const looks = await pMap(
    names,
    async (name) => {
      const pointer = (await findPointer(store, name))?.pointer;
      if (!leftOpen.has(name)) return { planned: plannedWithoutFile(name, pointer, now) };
      const due = {
        name,
        reason: 'left-open' as const,
        ca: defaultCa,
        zoneIds: [],
        notAfter: pointer && new Date(pointer.notAfter),
        replacing: pointer?.version ?? null,
      };
      return { planned: { name, action: 'mend', reason: 'left-open' } as const, due };
    },
    { concurrency: READS_AT_ONCE },
  );
  return looks.flatMap(({ planned, due }) => (planned ? { planned, ...(due && { due }) } : []));
}
