import { identifierOf } from '../../foundation/certificate/domain-name.ts';
import type { Resolver } from './resolver.ts';
import { type AccountIssuer, persistName } from './rules/persist-record.ts';
import { judgeStandingRecord, type StandingRecord } from './rules/persist-records.ts';

/** The standing record that each name needs, beside what the public DNS gives there. */
export function findStandingRecords(
  resolver: Pick<Resolver, 'txt'>,
  { names, issuer }: { names: readonly string[]; issuer: AccountIssuer },
  now: Date,
): Promise<StandingRecord[]> {
  const identifiers = [...new Set(names.map(identifierOf))];
  return Promise.all(
    identifiers.map(async (identifier) => {
      const values = await resolver.txt(persistName(identifier));
      return judgeStandingRecord(identifier, values, { names, issuer, now });
    }),
  );
}
