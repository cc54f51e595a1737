import * as z from 'zod/mini';
import type { ObjectStore, StoredObject } from '../../foundation/bucket/object-store.ts';
import { sha256 } from '../../foundation/certificate/leaf.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { CLAIM_SECONDS, isStale } from './rules/claim-record.ts';

/** `orders/<hash>.json`: the certificate that an order is under way for; no other one may order the same meanwhile. */
export const OrderLock = z.strictObject({
  name: z.string(),
  owner: z.string(),
  /** As in `pending/`. */
  leaseSeconds: z.number(),
});
export type OrderLock = z.infer<typeof OrderLock>;

/** What a CA tells orders apart by: to one account it may give the same order for the same names and profile. */
export interface OrderSubject {
  /** The directory; the stack has one account at each. */
  ca: string;
  names: readonly string[];
  profile?: string | undefined;
}

export function orderLockKey({ ca, names, profile }: OrderSubject): string {
  const subject = JSON.stringify([ca, [...new Set(names)].sort(), profile ?? null]);
  return `orders/${sha256(subject)}.json`;
}

/** Another certificate with the same CA, names and profile is being ordered; the CA could give both one order. */
export class SameOrderError extends PerennialError<'same-order-in-flight'> {
  override readonly name = 'SameOrderError';

  constructor(name: string, holder: string) {
    const seen = `${name} waits its turn: ${holder} is being ordered with the same names at the same CA`;
    super('same-order-in-flight', seen);
  }
}

/**
 * Raises the fence around an order, by the holder of the certificate's claim; answers how to take it down again. One of the
 * same certificate is left from a worker without a claim, and passes on; throws {@link SameOrderError} for any other's.
 */
export async function takeOrderLock(
  store: ObjectStore,
  key: string,
  { name, owner }: { name: string; owner: string },
): Promise<() => Promise<void>> {
  const fence: OrderLock = { name, owner, leaseSeconds: CLAIM_SECONDS };
  const body = `${JSON.stringify(fence)}\n`;
  const created = await store.create(key, body);
  if (created) return () => store.remove(key, created);
  const stored = await store.get(key);
  const holder = stored && holderOf(stored);
  if (!stored || (holder !== undefined && holder !== name))
    throw new SameOrderError(name, holder ?? 'another');
  const taken = await store.replace(key, body, { etag: stored.etag });
  if (!taken) throw new SameOrderError(name, 'another');
  return () => store.remove(key, taken);
}

/** The certificate whose fence it is; nobody's when its time is up, or when it cannot be read and is as old as that. */
function holderOf(stored: StoredObject): string | undefined {
  const fence = orNone(stored.body, OrderLock);
  if (fence) return isStale(fence, stored) ? undefined : fence.name;
  return isStale({ leaseSeconds: CLAIM_SECONDS }, stored) ? undefined : 'another';
}
