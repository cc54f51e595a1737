import type { ObjectStore } from '../foundation/bucket/object-store.ts';
import { LIMITS_PREFIX, ORDERS_PREFIX } from '../foundation/certificate/object-keys.ts';
import { DAY } from '../foundation/common/durations.ts';

/** A lock lasts minutes, and a limit a week at most (`ca-limits.ts`): by then nobody reads them any more. */
const KEPT = [
  [ORDERS_PREFIX, 8 * DAY],
  [LIMITS_PREFIX, 30 * DAY],
] as const;

/** Removes the locks of orders and the limits of CAs that were not written for long. */
export async function tidy(store: Pick<ObjectStore, 'list' | 'remove'>): Promise<void> {
  for (const [prefix, longest] of KEPT)
    for (const { key, etag, ageMs } of await store.list(prefix))
      if (ageMs >= longest && key.endsWith('.json')) await store.remove(key, { etag });
}
