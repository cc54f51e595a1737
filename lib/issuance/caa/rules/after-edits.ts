import { lineToSet } from './add-to-caa.ts';
import { formatCaa, judgeCaa, parseCaa, type RelevantSet } from './caa.ts';
import type { CaaEdit, CaaFound, CaaRefusal, CaaWish } from './caa-plan.ts';

/** Who is kept out all the same once the edits are made, each with the line to set. */
export function stillRefused(
  seen: readonly CaaFound[],
  { issuers, method, restrict }: CaaWish,
  edits: readonly CaaEdit[],
): CaaRefusal[] {
  const refused = seen.flatMap(({ name, set }) =>
    issuers.flatMap((issuer): CaaRefusal[] => {
      const request = { asker: { ...issuer, method }, restrict };
      if (!set || judgeCaa(name, setAfter(set, edits), request.asker).allowed) return [];
      return [{ name, identity: issuer.identity, remedy: lineToSet(set, name, request) }];
    }),
  );
  return [...new Map(refused.map((one) => [JSON.stringify(one), one])).values()];
}

/** A set once the edits of it are made. */
export function setAfter(
  { at, properties }: RelevantSet,
  edits: readonly Pick<CaaEdit, 'at' | 'add' | 'remove'>[],
): RelevantSet {
  const own = edits.filter((edit) => edit.at === at);
  const removed = own.flatMap(({ remove }) => remove);
  const kept = properties.filter((property) => !removed.includes(formatCaa(property)));
  return { at, properties: [...kept, ...own.flatMap(({ add }) => add.map(parseCaa))] };
}
