import { InputError } from '../../foundation/common/input-error.ts';
import type { Resolver } from './resolver.ts';

const MAX_CNAMES = 8;

/** The name at the end of a name's CNAMEs, the name itself when it has none; throws {@link InputError} for a loop. */
export async function followCnames(resolver: Pick<Resolver, 'cname'>, start: string): Promise<string> {
  const { names, ends } = await cnamePath(resolver, start);
  const last = names.at(-1) ?? start;
  if (ends) return last;
  throw new InputError('cname-loop', {
    seen: `${start} leads through over ${MAX_CNAMES} CNAMEs (last ${last})`,
    remedy: 'let it point to one name that ends them',
  });
}

/** A name and the targets of its CNAMEs; `ends` is false for a loop, and for too many. */
export async function cnamePath(resolver: Pick<Resolver, 'cname'>, start: string) {
  const names = [start];
  for (let target = await resolver.cname(start); target; target = await resolver.cname(target)) {
    const goesOn = !names.includes(target) && names.length <= MAX_CNAMES;
    names.push(target);
    if (!goesOn) return { names, ends: false };
  }
  return { names, ends: true };
}
