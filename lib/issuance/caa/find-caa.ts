import { identifierOf, selfAndAncestors } from '../../foundation/certificate/domain-name.ts';
import type { IsFromWildcard } from '../dns/challenge-target.ts';
import { followCnames } from '../dns/follow-cnames.ts';
import type { Resolver } from '../dns/resolver.ts';
import type { RelevantSet } from './rules/caa.ts';
import type { CaaFound } from './rules/caa-plan.ts';

/**
 * The relevant set of each name in the public DNS. An alias that is a wildcard's has two: a TXT below the name, such as its
 * proof, takes the wildcard's place while it stands (RFC 4592, 2.2.1), and the CA may look then or later.
 */
export async function findCaa(
  resolver: Resolver,
  names: readonly string[],
  isFromWildcard: IsFromWildcard = async () => false,
): Promise<CaaFound[]> {
  const found = await Promise.all(
    names.map(async (name): Promise<CaaFound[]> => {
      const identifier = identifierOf(name);
      const [set, alias] = await Promise.all([relevantSet(resolver, identifier), resolver.cname(identifier)]);
      const isAlias = alias !== undefined;
      if (!isAlias || !(await isFromWildcard(identifier))) return [{ name, set, isAlias }];
      const meanwhile = await relevantSet(resolver, identifier.slice(identifier.indexOf('.') + 1));
      return [
        { name, set, isAlias },
        { name, set: meanwhile, isAlias },
      ];
    }),
  );
  return found.flat();
}

/** RFC 8659, 3: the closest non-empty set on the climb from the name; an alias has the set of its target. */
export async function relevantSet(
  resolver: Pick<Resolver, 'caa' | 'cname'>,
  name: string,
): Promise<RelevantSet | undefined> {
  for (const label of selfAndAncestors(name)) {
    const properties = await resolver.caa(label);
    if (properties.length > 0) return { at: await followCnames(resolver, label), properties };
  }
  return undefined;
}
