import { challengeName, isAtOrBelow } from '../../foundation/certificate/domain-name.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import type { FindZone } from './find-zone.ts';
import { followCnames } from './follow-cnames.ts';
import { DnsError, type Resolver } from './resolver.ts';
import type { Zones } from './zones.ts';

/** Whether a CNAME that the DNS shows at a name is that of a wildcard above it. */
export type IsFromWildcard = (name: string) => Promise<boolean>;

interface TargetDeps {
  resolver: Pick<Resolver, 'cname'>;
  isFromWildcard: IsFromWildcard;
  stack: Stack;
}

/**
 * The name of an identifier's TXT record: its challenge name, or the end of that name's CNAMEs. Throws {@link InputError}
 * for a loop, and for a name that the stack may not write.
 */
export async function challengeTarget(deps: TargetDeps, identifier: string): Promise<string> {
  const { resolver, isFromWildcard, stack } = deps;
  const start = challengeName(identifier);
  const cname = async (name: string) => {
    const target = await resolver.cname(name);
    return target !== undefined && (await isFromWildcard(name)) ? undefined : target;
  };
  const target = await followCnames({ cname }, start);
  const isOurs = stack.domains.some((domain) => isAtOrBelow(target, domain));
  if (target === start || (isOurs && target.startsWith('_acme-challenge.'))) return target;
  // Fixed at deploy time, because the role's policy is.
  if (stack.challengeTargets.includes(target)) return target;
  throw new InputError('outside-challenge-targets', {
    seen: `${start} is a CNAME to ${target}, where this stack may not write`,
    remedy: `add "${target}" to params.challengeTargets in serverless.yml and deploy`,
  });
}

/**
 * Asks our own zone, which does not hold a CNAME that the DNS makes of a wildcard: a TXT at the name takes its place (RFC 4592,
 * 2.2.1). Of a zone that is not ours, or does not answer, nobody knows.
 */
export function wildcardFinder(zones: Pick<Zones, 'holdsCname'>, findZone: FindZone): IsFromWildcard {
  return async (name) => {
    try {
      const { id } = await findZone(name);
      return !(await zones.holdsCname(id, name));
    } catch (error) {
      if (error instanceof InputError || error instanceof DnsError) return false;
      throw error;
    }
  };
}
