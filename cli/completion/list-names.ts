import { LIVE_PREFIX, namesIn, RENEWAL_PREFIX } from '../../lib/foundation/certificate/object-keys.ts';
import { findStack } from '../stack/find-stack.ts';
import { openBucket } from '../stack/open-bucket.ts';

/** The certificates of the stack, by its bucket. */
export async function listNames(stage: string | undefined): Promise<string[]> {
  const store = openBucket(await findStack(stage));
  const prefixes = [RENEWAL_PREFIX, LIVE_PREFIX];
  const listed = await Promise.all(prefixes.map(async (prefix) => namesIn(await store.list(prefix), prefix)));
  return [...new Set(listed.flat())].sort();
}
