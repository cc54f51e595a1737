import { identifierOf, selfAndAncestors } from '../../foundation/certificate/domain-name.ts';
import { once } from '../../foundation/common/once.ts';
import { followCnames } from '../dns/follow-cnames.ts';
import type { Resolver } from '../dns/resolver.ts';
import type { LookAt } from '../dns/standing.ts';
import type { RelevantSet } from './rules/caa.ts';
import type { CaaFound } from './rules/caa-plan.ts';

/**
 * The relevant set of each name in the public DNS. Where our zone answers with a wildcard's set there are two: a TXT below the
 * name, such as its proof, puts the wildcard out of effect for the name and all between (RFC 4592, 2.2.1), and the CA may look
 * then or later.
 */
export async function findCaa(
  resolver: Pick<Resolver, 'caa' | 'cname'>,
  names: readonly string[],
  lookAt: LookAt = async () => undefined,
): Promise<CaaFound[]> {
  // Most names climb through the same ones.
  const caa = once((label: string) => resolver.caa(label));
  const isWildcards = async (label: string) => (await lookAt(label))?.wildcard !== undefined;
  const found = await Promise.all(
    names.map(async (name): Promise<CaaFound[]> => {
      const identifier = identifierOf(name);
      const [[set, meanwhile], alias] = await Promise.all([
        relevantSets({ caa, cname: (at) => resolver.cname(at) }, identifier, isWildcards),
        resolver.cname(identifier),
      ]);
      const isAlias = alias !== undefined;
      return [{ name, set, isAlias }, ...(meanwhile === set ? [] : [{ name, set: meanwhile, isAlias }])];
    }),
  );
  return found.flat();
}

/**
 * RFC 8659, 3: the closest non-empty set on the climb from the name, and the closest of those that are not to be passed over; an
 * alias has its target's.
 */
async function relevantSets(
  resolver: Pick<Resolver, 'caa' | 'cname'>,
  name: string,
  isPassedOver: (label: string) => Promise<boolean>,
): Promise<[closest: RelevantSet | undefined, kept: RelevantSet | undefined]> {
  let closest: RelevantSet | undefined;
  for (const label of selfAndAncestors(name)) {
    const properties = await resolver.caa(label);
    if (properties.length === 0) continue;
    const set = { at: await followCnames(resolver, label), properties };
    closest ??= set;
    if (!(await isPassedOver(label))) return [closest, set];
  }
  return [closest, undefined];
}
