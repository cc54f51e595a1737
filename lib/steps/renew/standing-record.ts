import type { CaaIssuer } from '../../core/caa.ts';
import { identifierOf, isWildcard } from '../../core/domain-name.ts';
import { InputError } from '../../core/input-error.ts';
import { complaintAboutPersist, isPersistent, persistName, persistValue } from '../../core/persist-record.ts';
import { AcmeError, type Authorization } from '../../ports/certificate-authority.ts';
import type { Claimed, RenewDeps } from './context.ts';

/** Sees that each name's standing record lets our account at this CA issue, before it is asked; says which one to put there. */
export async function requireStandingRecords(
  { resolver, clock }: RenewDeps,
  {
    names,
    identifiers,
    issuer,
  }: { names: readonly string[]; identifiers: readonly string[]; issuer: CaaIssuer | undefined },
): Promise<void> {
  if (!issuer?.accountUri)
    throw new AcmeError(
      'dns-persist-01-not-offered',
      "the CA's directory names no identity for a standing record",
    );
  const { identity, accountUri } = issuer;
  await Promise.all(
    identifiers.map(async (identifier) => {
      const wildcard = names.some((name) => isWildcard(name) && identifierOf(name) === identifier);
      const wish = { issuer: identity, accountUri, wildcard };
      const name = persistName(identifier);
      const complaint = complaintAboutPersist(await resolver.txt(name), wish, clock());
      if (complaint === undefined) return;
      throw new InputError(
        'standing-record-missing',
        `${name}: ${complaint}; put this TXT there: "${persistValue(wish)}"`,
      );
    }),
  );
}

/** The address at which the proof of an authorization is asked for. */
export function challengeUrl(
  { wanted, name }: Pick<Claimed, 'wanted' | 'name'>,
  { challenge, persistChallenge, identifier }: Authorization,
): string | undefined {
  if (!isPersistent(wanted)) return challenge?.url;
  if (persistChallenge) return persistChallenge.url;
  throw new AcmeError(
    'dns-persist-01-not-offered',
    `the CA offers no dns-persist-01 challenge for ${identifier} of ${name}; take "challenge" out of the renewal file`,
  );
}
