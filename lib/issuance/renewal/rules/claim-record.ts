import * as z from 'zod/mini';

/** `pending/<name>.json`: who works on a certificate, and all that a crash must not lose. */
export const ClaimRecord = z.strictObject({
  owner: z.string(),
  /** The claim ends this long after the object was last written, by the store's clock; 0 gives it up. */
  leaseSeconds: z.number(),
  /** Written before the order is finalized, so that a certificate never comes without its key. */
  order: z.optional(
    z.strictObject({
      url: z.string(),
      key: z.string(),
      request: z.string(),
      /** How often its certificate was not what was asked for. */
      refusals: z.optional(z.number()),
    }),
  ),
  /** What is about to be written to the DNS, recorded before it is. */
  records: z._default(
    z.array(
      z.strictObject({
        zoneId: z.string(),
        name: z.string(),
        type: z.enum(['TXT', 'CAA']),
        values: z.array(z.string()),
        ttl: z.number(),
        /** Through which the zone was reached, whatever the renewal file says by now. */
        zoneRole: z.optional(z.string()),
      }),
    ),
    [],
  ),
});
export type ClaimRecord = z.infer<typeof ClaimRecord>;

/** Longer than a function can live, so a claim that ran out has no worker any more. */
export const CLAIM_SECONDS = 900;

/** Whether a claim may be taken over: its time is up by the store's own clock, whatever the workers' clocks say. */
export function isStale(
  { leaseSeconds }: Pick<ClaimRecord, 'leaseSeconds'>,
  { modified, at }: { modified: Date; at: Date },
): boolean {
  return modified.getTime() + leaseSeconds * 1000 <= at.getTime();
}
