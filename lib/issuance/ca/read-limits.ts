import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { limitsKey } from '../../foundation/certificate/object-keys.ts';
import { type CaLimits, NO_LIMITS, parseLimits } from './rules/ca-limits.ts';

/** What a CA told us to wait for. */
export async function readLimits(store: Pick<ObjectStore, 'get'>, directoryUrl: string): Promise<CaLimits> {
  const stored = await store.get(limitsKey(directoryUrl));
  return stored ? parseLimits(stored.body, stored.at) : NO_LIMITS;
}
