import * as z from 'zod/mini';
import type { ObjectStore, Reads, Written } from '../../foundation/bucket/object-store.ts';
import { findPointer } from '../../foundation/bucket/read-pointer.ts';
import { updateObject } from '../../foundation/bucket/update-object.ts';
import { sha256 } from '../../foundation/certificate/leaf.ts';
import { isOrderLockKey, ORDERS_PREFIX } from '../../foundation/certificate/object-keys.ts';
import { DAY, SECOND } from '../../foundation/common/durations.ts';
import { ownObject } from '../../foundation/common/own-object.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { setOf } from '../ca/rules/rate-limit-scope.ts';
import type { RenewDeps } from './deps.ts';
import { CLAIM_SECONDS, isStale } from './rules/claim-record.ts';
import { ISSUANCE_WINDOW } from './rules/order-limit.ts';

/** `orders/<hash>.json`: the certificate whose order for a set of names is open; no other may order the set meanwhile. */
export const OrderLock = ownObject({
  name: z.string(),
  owner: z.string(),
  /** As in `pending/`; 0 where only `issued` is kept. */
  leaseSeconds: z.number(),
  /** The set's certificates of the last 7 days (ISO 8601 in UTC), each with its lineage: the CA's limit is the set's. */
  issued: z._default(z.array(z.object({ name: z.string(), at: z.string() })), []),
});
type OrderLock = z.infer<typeof OrderLock>;
type Issued = OrderLock['issued'];

/** The set of names at a CA, where the stack has one account. For the same set and profile it may give the same order. */
export interface OrderSubject {
  /** The directory. */
  ca: string;
  names: readonly string[];
}

export function orderLockKey({ ca, names }: OrderSubject): string {
  return `${ORDERS_PREFIX}${sha256(JSON.stringify([ca, setOf(names)]))}.json`;
}

/** When other lineages got certificates for the set. */
export async function issuedToOthers(
  store: Pick<Reads, 'get'>,
  { name, ...subject }: OrderSubject & { name: string },
  now: Date,
): Promise<Date[]> {
  const lock = orNone((await store.get(orderLockKey(subject)))?.body, OrderLock);
  return othersOf(lock?.issued ?? [], { name, now });
}

function othersOf(issued: Issued, { name, now }: { name: string; now: Date }): Date[] {
  return lately(issued, now).flatMap((one) => (one.name === name ? [] : new Date(one.at)));
}

/** Each once. A clock may be ahead, but not by over a day. */
function lately(issued: Issued, now: Date): Issued {
  const age = ({ at }: Issued[number]) => now.getTime() - Date.parse(at);
  const believed = issued.filter((one) => age(one) < ISSUANCE_WINDOW && age(one) > -DAY);
  return [...new Map(believed.map((one) => [`${one.name} ${one.at}`, one])).values()];
}

/**
 * Ends locks whose lease ran out by S3's clock, and what cannot be read in their place: their workers died. One that keeps what
 * was issued for its set stays until the sweep (`tidy.ts`), without a lease; whoever orders the set takes it over.
 */
export async function removeDeadLocks(
  store: Pick<ObjectStore, 'remove' | 'replace'>,
  reads: Pick<Reads, 'list' | 'get'>,
): Promise<void> {
  for (const { key, etag, ageMs } of await reads.list(ORDERS_PREFIX)) {
    if (!isOrderLockKey(key) || ageMs <= CLAIM_SECONDS * SECOND) continue;
    const held = await reads.get(key);
    const lock = orNone(held?.body, OrderLock);
    if (lock && lock.leaseSeconds === 0 && lock.issued.length > 0) continue;
    const issued = held && lock ? await issuedUnder(reads, lock, held) : [];
    if (lock && issued.length > 0)
      await store.replace(key, textOf({ ...lock, leaseSeconds: 0, issued }), { etag });
    else await store.remove(key, { etag });
  }
}

/** What was issued under a lock, also by a worker that moved the pointer and died before it wrote that down. */
async function issuedUnder(
  reads: Pick<Reads, 'get'>,
  { name, leaseSeconds, issued }: OrderLock,
  { modified }: { modified: Date },
): Promise<Issued> {
  if (leaseSeconds === 0) return issued;
  const at = (await findPointer(reads, name))?.pointer?.issuedAt;
  return at !== undefined && new Date(at) > modified ? [...issued, { name, at }] : issued;
}

function textOf(lock: OrderLock): string {
  return `${JSON.stringify(lock)}\n`;
}

/** Another certificate with the same CA and names is being ordered; the CA could give both one order. */
class SameOrderError extends PerennialError<'same-order-in-flight'> {
  override readonly name = 'SameOrderError';
}

export interface HeldLock {
  /** When other lineages got certificates for the set. */
  issuedToOthers: readonly Date[];
  /** Ends it; a certificate that was issued under it stays written down. */
  release(issuedAt: Date | undefined): Promise<void>;
}

/**
 * Takes the order lock for the holder of the certificate's claim. A lock of the same certificate comes from a worker that lost
 * its claim, and is taken over; throws {@link SameOrderError} for another's. One that `perhapsThere` is read before it is written:
 * where something was issued for the set lately, its lock stands there still.
 */
export async function takeOrderLock(
  { store, clock }: Pick<RenewDeps, 'store' | 'clock'>,
  key: string,
  { name, owner, perhapsThere = false }: { name: string; owner: string; perhapsThere?: boolean },
): Promise<HeldLock> {
  const now = clock();
  const fresh: OrderLock = { name, owner, leaseSeconds: CLAIM_SECONDS, issued: [] };
  const hold = (lock: OrderLock, taken: Written): HeldLock => ({
    issuedToOthers: othersOf(lock.issued, { name, now }),
    release: async (issuedAt) => {
      const mine = issuedAt ? [{ name, at: issuedAt.toISOString() }] : [];
      const ended = { ...lock, leaseSeconds: 0, issued: lately([...lock.issued, ...mine], now) };
      if (ended.issued.length === 0) return store.remove(key, taken);
      if (await store.replace(key, textOf(ended), taken)) return;
      // Another worker has taken it over, or has added to it.
      await updateObject(store, key, (text) => {
        const found = orNone(text, OrderLock) ?? ended;
        const leaseSeconds = found.owner === owner && found.name === name ? 0 : found.leaseSeconds;
        const issued = lately([...found.issued, ...mine], now);
        return { body: textOf({ ...found, leaseSeconds, issued }) };
      });
    },
  });
  const found = perhapsThere ? await store.get(key) : undefined;
  const created = !found && (await store.create(key, textOf(fresh)));
  if (created) return hold(fresh, created);
  const held = found ?? (await store.get(key));
  const lock = orNone(held?.body, OrderLock) ?? { ...fresh, name: 'another' };
  const isFree = held && (lock.name === name || isStale(lock, held));
  const issued = isFree ? await issuedUnder(store, lock, held) : [];
  const mine = { ...lock, ...fresh, issued };
  const taken = isFree && (await store.replace(key, textOf(mine), { etag: held.etag }));
  if (taken) return hold(mine, taken);
  const other = isFree ? 'another' : lock.name;
  const seen = `${name} waits its turn: ${other} is being ordered with the same names at the same CA`;
  throw new SameOrderError('same-order-in-flight', seen);
}
