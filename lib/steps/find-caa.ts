import type { RelevantSet } from '../core/caa.ts';
import type { CaaFound } from '../core/caa-plan.ts';
import { identifierOf, selfAndAncestors } from '../core/domain-name.ts';
import { InputError } from '../core/input-error.ts';
import type { Resolver } from '../ports/resolver.ts';

const MAX_CNAMES = 8;

/** The relevant set of each name, as the public DNS gives it. */
export function findCaa(resolver: Resolver, names: readonly string[]): Promise<CaaFound[]> {
  return Promise.all(
    names.map(async (name) => {
      const identifier = identifierOf(name);
      const [set, alias] = await Promise.all([relevantSet(resolver, identifier), resolver.cname(identifier)]);
      return { name, set, isAlias: alias !== undefined };
    }),
  );
}

/** RFC 8659, 3: the closest non-empty set on the climb from the name; behind an alias it stands where that leads. */
async function relevantSet(resolver: Resolver, name: string): Promise<RelevantSet | undefined> {
  for (const label of selfAndAncestors(name)) {
    const properties = await resolver.caa(label);
    if (properties.length > 0) return { at: await followCnames(resolver, label), properties };
  }
  return undefined;
}

/** The name at the end of a name's CNAMEs, the name itself when it has none; throws {@link InputError} for a loop. */
export async function followCnames(resolver: Resolver, start: string): Promise<string> {
  let name = start;
  for (let step = 0; step <= MAX_CNAMES; step += 1) {
    const target = await resolver.cname(name);
    if (target === undefined) return name;
    name = target;
  }
  throw new InputError(
    'cname-loop',
    `${start} leads through over ${MAX_CNAMES} CNAMEs (last ${name}); let it point to one name that ends them`,
  );
}
