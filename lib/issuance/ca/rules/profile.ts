import type { Complaint } from '../../../foundation/common/perennial-error.ts';

/** Why a CA cannot be asked for this profile, and which ones it has; `undefined` when it can, or none is wanted. */
export function complaintAboutProfile(
  profile: string | undefined,
  { directoryUrl, offered }: { directoryUrl: string; offered: readonly string[] },
): Complaint | undefined {
  if (profile === undefined || offered.includes(profile)) return undefined;
  const seen = `the CA ${new URL(directoryUrl).host} has no profile "${profile}"`;
  if (offered.length > 0) return { seen, remedy: `it has ${offered.join(', ')}` };
  return { seen, remedy: 'it has none; take "profile" out of the renewal file' };
}
