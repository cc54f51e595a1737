import { type ObjectStore, StoreError } from '../../lib/foundation/bucket/object-store.ts';
import {
  LIVE_PREFIX,
  liveKey,
  namesIn,
  RENEWAL_PREFIX,
  renewalKey,
} from '../../lib/foundation/certificate/object-keys.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { CommandError } from '../command-error.ts';

/** Throws {@link CommandError} where a name has neither a renewal file nor a live version. */
export async function requireCertificate(
  store: Pick<ObjectStore, 'list' | 'get'>,
  name: string,
): Promise<void> {
  const found = await Promise.all([store.get(renewalKey(name)), store.get(liveKey(name))]);
  if (found.every((one) => one === undefined)) throw await nothingByThatName(store, name);
}

/** A line for each name that no certificate has, with the one that was probably meant; none for whoever may not list them. */
export async function suggestionsFor(
  store: Pick<ObjectStore, 'list'>,
  names: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const known = await knownNames(store).catch((error) => {
    if (!(error instanceof StoreError)) throw error;
    return new Set<string>();
  });
  return names.flatMap((name) => {
    const similar = known.has(name) ? undefined : mostSimilar(name, known);
    return similar === undefined ? [] : `${name}: did you mean ${similar}?`;
  });
}

async function knownNames(store: Pick<ObjectStore, 'list'>): Promise<Set<string>> {
  const prefixes = [RENEWAL_PREFIX, LIVE_PREFIX];
  const listed = await Promise.all(prefixes.map(async (prefix) => namesIn(await store.list(prefix), prefix)));
  return new Set(listed.flat());
}

/** The error for a name that no certificate has, with the one that was probably meant. */
export async function nothingByThatName(
  store: Pick<ObjectStore, 'list'>,
  name: string,
): Promise<CommandError> {
  const similar = mostSimilar(name, await knownNames(store));
  return new CommandError('nothing-by-that-name', {
    seen: `there is no certificate "${printable(name)}"`,
    remedy: similar === undefined ? '"perennial-tls status" lists them' : `did you mean ${similar}?`,
  });
}

/** The remedy for a name that is none; empty where none is like it. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const similar = mostSimilar(name, known);
  return similar === undefined ? '' : `did you mean ${similar}?`;
}

/** The known name that differs least, by half of its letters and four at most. */
export function mostSimilar(name: string, known: Iterable<string>): string | undefined {
  const [best] = [...known]
    .map((other) => ({ other, apart: distance(name, other) }))
    .filter(({ other, apart }) => apart <= Math.max(1, Math.min(other.length / 2, 4)))
    .sort((a, b) => a.apart - b.apart || (a.other < b.other ? -1 : 1));
  return best?.other;
}

/** Letters to insert, remove or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(
        Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
