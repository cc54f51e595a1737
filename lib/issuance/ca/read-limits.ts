import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { limitsKey } from '../../foundation/certificate/object-keys.ts';
import { type CaLimits, parseLimits } from './rules/ca-limits.ts';

/** What a CA told us to wait for. */
export async function readLimits(
  store: Pick<ObjectStore, 'get'>,
  directoryUrl: string,
  now: Date,
): Promise<CaLimits> {
  return parseLimits((await store.get(limitsKey(directoryUrl)))?.body, now);
}
