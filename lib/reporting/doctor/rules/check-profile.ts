import { complaintAboutProfile } from '../../../issuance/ca/rules/profile.ts';
import type { CertificateFacts } from './facts.ts';
import { failing, ok, type Result } from './finding.ts';

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
