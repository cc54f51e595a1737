import { InputError } from '../../foundation/common/input-error.ts';
import type { Resolver } from './resolver.ts';

export const MAX_CNAMES = 8;

/** The name at the end of a name's CNAMEs, the name itself when it has none; throws {@link InputError} for a loop. */
export async function followCnames(resolver: Resolver, start: string): Promise<string> {
  let name = start;
  for (let step = 0; step <= MAX_CNAMES; step += 1) {
    const target = await resolver.cname(name);
    if (target === undefined) return name;
    name = target;
  }
  throw new InputError('cname-loop', {
    seen: `${start} leads through over ${MAX_CNAMES} CNAMEs (last ${name})`,
    remedy: 'let it point to one name that ends them',
  });
}
