import { inOneLine } from '../../../foundation/common/perennial-error.ts';
import { complaintAboutProfile } from '../../../issuance/ca/rules/profile.ts';
import { unseen } from './answer.ts';
import type { AccountFacts, CertificateFacts } from './facts.ts';
import { failing, ok, type Result } from './finding.ts';

/** The CA answers, and there is an account there or one can be made. */
export function checkAccount({
  directoryUrl,
  directory,
  kept,
  parameter,
  agreeToTerms,
}: AccountFacts): Result {
  if ('trouble' in directory)
    return failing(
      'account',
      inOneLine(directory.trouble),
      `look whether ${directoryUrl} is the right ACME directory (params.directoryUrl, or "ca" in the file), and whether the CA is up`,
    );
  if ('trouble' in kept) return unseen('account', kept.trouble);
  if (kept.found) return ok('account', `kept in the parameter ${parameter}; the CA answers`);
  if (agreeToTerms)
    return ok('account', `none yet at ${directoryUrl}; it is made with the first order; the CA answers`);
  return failing(
    'account',
    `none at ${directoryUrl}, and none can be made without your agreement to the CA's terms`,
    'set params.agreeToTerms to true in serverless.yml and deploy',
  );
}

/** The CA has the profile that the file asks for; nothing to say where it asks for none, or the CA does not answer. */
export function checkProfile({ wanted, account }: Pick<CertificateFacts, 'wanted' | 'account'>): Result[] {
  const { directory, directoryUrl } = account;
  if (wanted.profile === undefined || 'trouble' in directory) return [];
  const complaint = complaintAboutProfile(wanted.profile, {
    directoryUrl,
    offered: directory.found.profiles,
  });
  if (complaint) return [failing('profile', complaint.seen, complaint.remedy)];
  return [ok('profile', `the CA has ${wanted.profile}`)];
}
