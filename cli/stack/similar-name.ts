import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { LIVE_PREFIX, namesIn, RENEWAL_PREFIX } from '../../lib/foundation/certificate/object-keys.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { mostSimilar } from '../../lib/foundation/common/most-similar.ts';
import { CommandError } from '../command-error.ts';

/** The error for a name that no certificate has, with the one that was probably meant. */
export async function nothingByThatName(
  store: Pick<ObjectStore, 'list'>,
  name: string,
): Promise<CommandError> {
  const prefixes = [RENEWAL_PREFIX, LIVE_PREFIX];
  const listed = await Promise.all(prefixes.map(async (prefix) => namesIn(await store.list(prefix), prefix)));
  const similar = mostSimilar(name, new Set(listed.flat()));
  return new CommandError('nothing-by-that-name', {
    seen: `there is no certificate "${printable(name)}"`,
    remedy: similar === undefined ? '"perennial-tls status" lists them' : `did you mean ${similar}?`,
  });
}
