import type { CaaIssuer } from './caa.ts';
import { identifierOf, isWildcard } from './domain-name.ts';
import { type AccountIssuer, complaintAboutPersist, persistName, persistValue } from './persist-record.ts';
import type { State } from './state.ts';

/** The standing record that a name needs: where it is, and the TXT value that lets our account at the CA issue. */
export interface StandingRecord {
  name: string;
  value: string;
  /** Why nothing that stands there does so yet. */
  complaint?: string;
}

export function judgeStandingRecord(
  identifier: string,
  values: readonly string[],
  { names, issuer, now }: { names: readonly string[]; issuer: AccountIssuer; now: Date },
): StandingRecord {
  const wildcard = names.some((name) => isWildcard(name) && identifierOf(name) === identifier);
  const wish = { ...issuer, wildcard };
  const complaint = complaintAboutPersist(values, wish, now);
  return {
    name: persistName(identifier),
    value: persistValue(wish),
    ...(complaint !== undefined && { complaint }),
  };
}

/** What is still to be put into the DNS; `undefined` for a record that does its work. */
export function missingRecord({ name, value, complaint }: StandingRecord): string | undefined {
  return complaint && `${name}: ${complaint}; put this TXT there: "${value}"`;
}

/** Whom the standing records of a certificate let issue, or why that is not known, or of no use, and what to do. */
export function standingIssuer(
  issuer: CaaIssuer | undefined,
  { ca, name, state }: { ca: string; name: string; state: State | undefined },
): { issuer: AccountIssuer } | { seen: string; remedy: string } {
  const { lastFailure, lastCa } = state ?? {};
  if (lastFailure?.reason === 'dns-persist-01-not-offered' && lastCa === ca)
    return {
      seen: `the CA at ${ca} offered no dns-persist-01 at ${lastFailure.at}`,
      remedy: 'take "challenge" out of the renewal file, or name a CA that offers it',
    };
  if (!issuer)
    return {
      seen: `the CA at ${ca} tells no name that a standing record could be for`,
      remedy: 'see whether it answers; a CA without one offers no dns-persist-01',
    };
  const { identity, accountUri } = issuer;
  if (accountUri !== undefined) return { issuer: { identity, accountUri } };
  return {
    seen: `our account at ${ca}, which a standing record names, is not known yet`,
    remedy: `run npx perennial renew ${name} once: it makes the account, and fails with the record to put there`,
  };
}
