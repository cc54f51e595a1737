import { identifierOf, selfAndAncestors } from '../../foundation/certificate/domain-name.ts';
import { followCnames } from '../dns/follow-cnames.ts';
import type { Resolver } from '../dns/resolver.ts';
import type { RelevantSet } from './rules/caa.ts';
import type { CaaFound } from './rules/caa-plan.ts';

/** The relevant set of each name in the public DNS. */
export function findCaa(resolver: Resolver, names: readonly string[]): Promise<CaaFound[]> {
  return Promise.all(
    names.map(async (name) => {
      const identifier = identifierOf(name);
      const [set, alias] = await Promise.all([relevantSet(resolver, identifier), resolver.cname(identifier)]);
      return { name, set, isAlias: alias !== undefined };
    }),
  );
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
