import type { Complaint } from '../../../foundation/common/perennial-error.ts';
import type { CaaIssuer } from '../../ca/rules/ca-list.ts';
import type { AccountIssuer } from '../../dns/rules/persist-record.ts';
import type { State } from './state.ts';

/** The account that persist records authorize, or why it is unknown or useless, and what to do. */
export function persistIssuer(
  issuer: CaaIssuer | undefined,
  { ca, name, state }: { ca: string; name: string; state: State | undefined },
): { issuer: AccountIssuer } | Complaint {
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
    remedy: `run npx --no-install perennial-tls renew ${name} once: it makes the account, and fails with the record to put there`,
  };
}
