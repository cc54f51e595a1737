import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { limitsKey } from '../../foundation/certificate/object-keys.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import { CaLimits, NO_LIMITS } from './rules/ca-limits.ts';

/** What a CA told us to wait for. As with a state, what cannot be read counts as nothing. */
export async function readLimits(store: Pick<ObjectStore, 'get'>, directoryUrl: string): Promise<CaLimits> {
  return parseLimits((await store.get(limitsKey(directoryUrl)))?.body);
}

export function parseLimits(body: string | undefined): CaLimits {
  return orNone(body, CaLimits) ?? NO_LIMITS;
}
