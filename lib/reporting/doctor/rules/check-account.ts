import { inOneLine } from '../../../foundation/common/perennial-error.ts';
import { complaintAboutProfile } from '../../../issuance/ca/rules/profile.ts';
import type { AccountFacts, CertificateFacts } from './facts.ts';
import { failing, ok, type Result, unseen } from './finding.ts';

/** The CA answers, and there is an account there or one can be made. */
export function checkAccount(account: AccountFacts): Result {
  const { directoryUrl, directory, kept, key, agreeToTerms } = account;
  if ('trouble' in directory) {
    const remedy = `look whether ${directoryUrl} is the right ACME directory (params.directoryUrl, or "ca" in the file), and whether the CA is up`;
    return failing('account', inOneLine(directory.trouble), remedy);
  }
  if ('trouble' in kept) return unseen('account', kept.trouble);
  if (kept.found) return ok('account', `kept in the bucket as ${key}; the CA answers`);
  if (agreeToTerms)
    return ok('account', `none yet at ${directoryUrl}; it is made with the first order; the CA answers`);
  const seen = `none at ${directoryUrl}, and none can be made without your agreement to the CA's terms`;
  return failing('account', seen, 'set agreeToTerms to true in settings.yml and deploy');
}

/** The CA has the profile that the file asks for; no result where it asks for none, or the CA does not answer. */
export function checkProfile({ wanted: { profile }, account }: CertificateFacts): Result[] {
  const { directory, directoryUrl } = account;
  if (profile === undefined || 'trouble' in directory) return [];
  const complaint = complaintAboutProfile(profile, { directoryUrl, offered: directory.found.profiles });
  if (complaint) return [failing('profile', complaint.seen, complaint.remedy)];
  return [ok('profile', `the CA has ${profile}`)];
}
