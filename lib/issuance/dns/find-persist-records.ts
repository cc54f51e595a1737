import { identifierOf } from '../../foundation/certificate/domain-name.ts';
import type { Resolver } from './resolver.ts';
import { type AccountIssuer, persistName } from './rules/persist-record.ts';
import { judgePersistRecord, type PersistRecord } from './rules/persist-records.ts';

/** The persist record that each name needs, judged by what the public DNS has there. */
export function findPersistRecords(
  resolver: Pick<Resolver, 'txt'>,
  { names, issuer }: { names: readonly string[]; issuer: AccountIssuer },
  now: Date,
): Promise<PersistRecord[]> {
  const identifiers = [...new Set(names.map(identifierOf))];
  return Promise.all(
    identifiers.map(async (identifier) => {
      const values = await resolver.txt(persistName(identifier));
      return judgePersistRecord(identifier, values, { names, issuer, now });
    }),
  );
}
