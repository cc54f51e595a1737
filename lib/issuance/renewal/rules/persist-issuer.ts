import type { Complaint } from '../../../foundation/common/perennial-error.ts';
import type { StandingTerms } from '../../ca/rules/standing-terms.ts';
import type { AccountIssuer, CaaIssuer } from '../../dns/rules/issuer.ts';
import type { State } from './state.ts';

/** A CA as standing records know it, and what is known of our account there. */
export interface KnownIssuer extends CaaIssuer {
  /** Where the CA's directory says that a hash names the account. */
  hash?: { prefix: string; thumbprint: string | undefined } | undefined;
}

/** The issuer by the terms of the CA's directory. */
export function knownIssuer(
  identity: string | undefined,
  terms: StandingTerms | undefined,
  account: { accountUri: string | undefined; thumbprint?: string | undefined } | undefined,
): KnownIssuer | undefined {
  const { issuer = identity, accountHashPrefix: prefix } = terms ?? {};
  if (issuer === undefined) return undefined;
  const hash = prefix === undefined ? undefined : { prefix, thumbprint: account?.thumbprint };
  return { identity: issuer, accountUri: account?.accountUri, ...(hash && { hash }) };
}

/** The account that persist records authorize, or why it is unknown or useless, and what to do. */
export function persistIssuer(
  issuer: KnownIssuer | undefined,
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
  const { identity, accountUri, hash } = issuer;
  if (accountUri !== undefined && !hash) return { issuer: { identity, accountUri } };
  if (accountUri !== undefined && hash?.thumbprint !== undefined)
    return { issuer: { identity, accountUri, hash: { ...hash, thumbprint: hash.thumbprint } } };
  return {
    seen: `our account at ${ca}${hash ? ', or its key' : ''}, which a standing record names, is not known yet`,
    remedy: `run npx --no-install perennial-tls renew ${name} once: it makes the account, and fails with the record to put there`,
  };
}
