import { challengeName, isAtOrBelow } from '../../foundation/certificate/domain-name.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { followCnames } from './follow-cnames.ts';
import type { StandingCname } from './standing.ts';

/**
 * The name of an identifier's TXT record: its challenge name, or the end of the CNAMEs that stand there. Throws
 * {@link InputError} for a loop, and for a name that the stack may not write.
 */
export async function challengeTarget(
  { cname, stack }: { cname: StandingCname; stack: Stack },
  identifier: string,
): Promise<string> {
  const start = challengeName(identifier);
  const target = await followCnames({ cname }, start);
  const isOurs = stack.domains.some((domain) => isAtOrBelow(target, domain));
  if (target === start || (isOurs && target.startsWith('_acme-challenge.'))) return target;
  // Fixed at deploy time, because the role's policy is.
  if (stack.challengeTargets.includes(target)) return target;
  throw new InputError('outside-challenge-targets', {
    seen: `${start} is a CNAME to ${target}, where this stack may not write`,
    remedy: `add "${target}" to challengeTargets in settings.yml and deploy`,
  });
}
