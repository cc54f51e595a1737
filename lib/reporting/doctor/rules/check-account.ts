import { inOneLine } from '../../../foundation/common/perennial-error.ts';
import { unseen } from './answer.ts';
import type { AccountFacts } from './facts.ts';
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
