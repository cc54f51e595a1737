import * as z from 'zod/mini';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { sha256 } from '../../foundation/certificate/leaf.ts';
import { ORDERS_PREFIX } from '../../foundation/certificate/object-keys.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { CLAIM_SECONDS, isStale } from './rules/claim-record.ts';

/** `orders/<hash>.json`: the certificate whose order is open; no other certificate may order the same meanwhile. */
export const OrderLock = z.strictObject({
  name: z.string(),
  owner: z.string(),
  /** As in `pending/`. */
  leaseSeconds: z.number(),
});

/** How a CA tells orders apart: for the same names and profile, one account may get the same order. */
export interface OrderSubject {
  /** The directory; the stack has one account at each. */
  ca: string;
  names: readonly string[];
  profile?: string | undefined;
}

export function orderLockKey({ ca, names, profile }: OrderSubject): string {
  const subject = JSON.stringify([ca, [...new Set(names)].sort(), profile ?? null]);
  return `${ORDERS_PREFIX}${sha256(subject)}.json`;
}

/** Another certificate with the same CA, names and profile is being ordered; the CA could give both one order. */
class SameOrderError extends PerennialError<'same-order-in-flight'> {
  override readonly name = 'SameOrderError';
}

/**
 * Takes the order lock for the holder of the certificate's claim, and returns its release. A lock of the same certificate
 * comes from a worker that lost its claim, and is taken over; throws {@link SameOrderError} for another's.
 */
export async function takeOrderLock(
  store: ObjectStore,
  key: string,
  { name, owner }: { name: string; owner: string },
): Promise<() => Promise<void>> {
  const fresh: z.infer<typeof OrderLock> = { name, owner, leaseSeconds: CLAIM_SECONDS };
  const body = `${JSON.stringify(fresh)}\n`;
  const created = await store.create(key, body);
  if (created) return () => store.remove(key, created);
  const held = await store.get(key);
  const lock = orNone(held?.body, OrderLock) ?? { ...fresh, name: 'another' };
  const isFree = held && (lock.name === name || isStale(lock, held));
  const taken = isFree && (await store.replace(key, body, { etag: held.etag }));
  if (taken) return () => store.remove(key, taken);
  const holder = held && !isFree ? lock.name : 'another';
  const seen = `${name} waits its turn: ${holder} is being ordered with the same names at the same CA`;
  throw new SameOrderError('same-order-in-flight', seen);
}
