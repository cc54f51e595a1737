import { identifierOf } from '../../foundation/certificate/domain-name.ts';
import type { Resolver } from './resolver.ts';
import type { AccountIssuer } from './rules/issuer.ts';
import { persistName } from './rules/persist-record.ts';
import { judgePersistRecord, type PersistRecord, standingTxt } from './rules/persist-records.ts';
import type { HeldTxt } from './standing.ts';

interface Deps {
  resolver: Pick<Resolver, 'txt'>;
  held: HeldTxt;
}

/** The persist record that each name needs, judged by what stands there: in our zone, or else in the public DNS. */
export function findPersistRecords(
  deps: Deps,
  { names, issuer }: { names: readonly string[]; issuer: AccountIssuer },
  now: Date,
): Promise<PersistRecord[]> {
  const identifiers = [...new Set(names.map(identifierOf))];
  return Promise.all(
    identifiers.map(async (identifier) => {
      const name = persistName(identifier);
      const [shown, held] = await Promise.all([deps.resolver.txt(name), deps.held(name)]);
      return judgePersistRecord(identifier, standingTxt(shown, held), { names, issuer, now });
    }),
  );
}
