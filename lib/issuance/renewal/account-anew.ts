import { oneLineOf } from '../../foundation/common/describe-error.ts';
import type { CertificateAuthority } from '../ca/certificate-authority.ts';
import { isAccountLost } from '../ca/rules/account-lost.ts';
import type { Claimed, RenewRun } from './phases.ts';

/**
 * Where the CA does not know our account any more: the run with another one, and those to begin again in it, from the
 * pre-check on, so that CAA names the new account before anything is ordered. `undefined` where the account was no trouble.
 */
export async function withAccountAnew(
  run: RenewRun,
  dropped: Map<Claimed, unknown>,
): Promise<{ run: RenewRun; renewals: Claimed[] } | undefined> {
  const renewals = [...dropped].flatMap(([renewal, error]) =>
    isAccountLost(oneLineOf(error)) ? [renewal] : [],
  );
  if (renewals.length === 0) return undefined;
  const { directoryUrl, accountUrl } = run.authority;
  let authority: CertificateAuthority;
  try {
    authority = await run.deps.openAuthority(directoryUrl, { lost: accountUrl });
  } catch (error) {
    for (const renewal of renewals) run.drop(renewal, error);
    return undefined;
  }
  run.deps.warn(`the account ${accountUrl} is gone; ${authority.accountUrl} takes its place`);
  for (const renewal of renewals) dropped.delete(renewal);
  return { run: { ...run, authority }, renewals };
}
