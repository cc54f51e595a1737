import { type ObjectStore, StoreError } from '../../lib/foundation/bucket/object-store.ts';
import {
  LIVE_PREFIX,
  liveKey,
  namesIn,
  RENEWAL_PREFIX,
  renewalKey,
} from '../../lib/foundation/certificate/object-keys.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { mostSimilar } from '../../lib/foundation/common/most-similar.ts';
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
