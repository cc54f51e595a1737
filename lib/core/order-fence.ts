import { createHash } from 'node:crypto';
import * as z from 'zod/mini';

/** `orders/<hash>.json`: the certificate that an order is under way for; no other one may order the same meanwhile. */
export const OrderFence = z.strictObject({
  name: z.string(),
  owner: z.string(),
  /** As in `pending/`. */
  leaseSeconds: z.number(),
});
export type OrderFence = z.infer<typeof OrderFence>;

/** What a CA tells orders apart by: to one account it may give the same order for the same names and profile. */
export interface OrderSubject {
  /** The directory; the stack has one account at each. */
  ca: string;
  names: readonly string[];
  profile?: string | undefined;
}

export function orderFenceKey({ ca, names, profile }: OrderSubject): string {
  const subject = JSON.stringify([ca, [...new Set(names)].sort(), profile ?? null]);
  return `orders/${createHash('sha256').update(subject).digest('hex')}.json`;
}
