import * as z from 'zod/mini';

/** `pending/<name>.json`: who works on a certificate until when, and all that a crash must not lose. Instants in UTC. */
export const Pending = z.strictObject({
  owner: z.string(),
  until: z.string(),
  /** Written before the order is finalized, so that a certificate never comes without its key. */
  order: z.optional(z.strictObject({ url: z.string(), key: z.string(), replaces: z.optional(z.string()) })),
  /** What is about to be written to the DNS, recorded before it is. */
  records: z._default(
    z.array(
      z.strictObject({
        zoneId: z.string(),
        name: z.string(),
        type: z.enum(['TXT', 'CAA']),
        values: z.array(z.string()),
        ttl: z.number(),
      }),
    ),
    [],
  ),
});
export type Pending = z.infer<typeof Pending>;

/** Whether a lease may be taken over: its time is up by the store's own clock. */
export function isStale(pending: Pick<Pending, 'until'>, storeNow: Date): boolean {
  return Date.parse(pending.until) <= storeNow.getTime();
}
