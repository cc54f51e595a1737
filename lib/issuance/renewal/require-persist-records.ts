import { InputError } from '../../foundation/common/input-error.ts';
import { AcmeError, type Authorization } from '../ca/certificate-authority.ts';
import type { CaaIssuer } from '../ca/rules/ca-list.ts';
import { findPersistRecords } from '../dns/find-persist-records.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import { missingRecord } from '../dns/rules/persist-records.ts';
import type { RenewDeps } from './deps.ts';
import type { Claimed } from './phases.ts';

/** Sees that each name's standing record lets our account at this CA issue, before it is asked; says which ones to put there. */
export async function requirePersistRecords(
  { resolver, clock }: RenewDeps,
  { names, issuer }: { names: readonly string[]; issuer: CaaIssuer | undefined },
): Promise<void> {
  if (!issuer?.accountUri)
    throw new AcmeError(
      'dns-persist-01-not-offered',
      "the CA's directory names no identity for a standing record",
    );
  const { identity, accountUri } = issuer;
  const records = await findPersistRecords(resolver, { names, issuer: { identity, accountUri } }, clock());
  const missing = records.flatMap((record) => missingRecord(record) ?? []);
  if (missing.length > 0) throw new InputError('standing-record-missing', missing.join('; '));
}

/** The address at which the proof of an authorization is asked for. */
export function challengeUrl(
  { wanted, name }: Pick<Claimed, 'wanted' | 'name'>,
  { challenge, persistChallenge, identifier }: Authorization,
): string | undefined {
  if (!isPersistent(wanted)) return challenge?.url;
  if (persistChallenge) return persistChallenge.url;
  throw new AcmeError('dns-persist-01-not-offered', {
    seen: `the CA offers no dns-persist-01 challenge for ${identifier} of ${name}`,
    remedy: 'take "challenge" out of the renewal file',
  });
}
