import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { orNone } from '../../foundation/bucket/read-json.ts';
import { limitsKey } from '../../foundation/certificate/object-keys.ts';
import { CaLimits, NO_LIMITS } from './rules/ca-limits.ts';

/** What a CA has told us to wait for. As with a state, what cannot be read says nothing. */
export async function readLimits(store: Pick<ObjectStore, 'get'>, directoryUrl: string): Promise<CaLimits> {
  return parseLimits((await store.get(limitsKey(directoryUrl)))?.body);
}

export function parseLimits(body: string | undefined): CaLimits {
  return (body === undefined ? undefined : orNone(body, CaLimits)) ?? NO_LIMITS;
}
