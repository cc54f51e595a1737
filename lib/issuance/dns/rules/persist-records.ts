import { identifierOf, isWildcard } from '../../../foundation/certificate/domain-name.ts';
import { type AccountIssuer, complaintAboutPersist, persistName, persistValue } from './persist-record.ts';

/** The persist record that a name needs: its name, and the TXT value that lets our account at the CA issue. */
export interface PersistRecord {
  name: string;
  value: string;
  /** Why no value there does so yet. */
  complaint?: string;
}

export function judgePersistRecord(
  identifier: string,
  values: readonly string[],
  { names, issuer, now }: { names: readonly string[]; issuer: AccountIssuer; now: Date },
): PersistRecord {
  const wildcard = names.some((name) => isWildcard(name) && identifierOf(name) === identifier);
  const wish = { ...issuer, wildcard };
  const complaint = complaintAboutPersist(values, wish, now);
  return {
    name: persistName(identifier),
    value: persistValue(wish),
    ...(complaint !== undefined && { complaint }),
  };
}

/** What is still missing in the DNS; `undefined` for a valid record. */
export function missingRecord({ name, value, complaint }: PersistRecord): string | undefined {
  return complaint && `${name}: ${complaint}; put this TXT there: "${value}"`;
}
