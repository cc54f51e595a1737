import * as z from 'zod/mini';
import { ownObject } from '../../../foundation/common/own-object.ts';

const AcmImport = ownObject({
  region: z.string(),
  /** In ACM; absent before the first import. */
  arn: z.optional(z.string()),
  version: z.optional(z.string()),
  at: z.string(),
  /** `importing` is a claim; `kept` is still in ACM, though the file no longer names the region. */
  outcome: z.enum(['importing', 'imported', 'failed', 'kept']),
  reason: z.optional(z.string()),
  message: z.optional(z.string()),
});
export type AcmImport = z.infer<typeof AcmImport>;

/** `acm/<name>.json`: what ACM has of a certificate, by region. Instants are ISO 8601 in UTC. */
export const AcmRecord = ownObject({ name: z.string(), imports: z.array(AcmImport) });
export type AcmRecord = z.infer<typeof AcmRecord>;

interface AcmFacts {
  wanted: readonly { region: string }[];
  record: AcmRecord | undefined;
  version: string;
}

/** Regions that lack the live version, and regions with an import that the file no longer names. */
export function decideImports({ wanted, record, version }: AcmFacts): { due: string[]; unwanted: string[] } {
  const regions = wanted.map(({ region }) => region);
  const imports = record?.imports ?? [];
  const isThere = (region: string) =>
    imports.some((one) => one.region === region && one.outcome === 'imported' && one.version === version);
  return {
    due: regions.filter((region) => !isThere(region)),
    unwanted: imports
      .filter(({ region, outcome }) => outcome !== 'kept' && !regions.includes(region))
      .map(({ region }) => region),
  };
}
