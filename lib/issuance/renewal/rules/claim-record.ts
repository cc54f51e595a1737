import * as z from 'zod/mini';
import { ownObject } from '../../../foundation/common/own-object.ts';
import { isOfKind } from '../../../foundation/reasons/reasons.ts';
import type { Refusal } from '../../ca/rules/rate-limit-scope.ts';

/** `pending/<name>.json`: who renews a certificate, and all that a crash must not lose. */
export const ClaimRecord = ownObject({
  owner: z.string(),
  /** The claim ends this long after the object was last written, by the store's clock; 0 ends it at once. */
  leaseSeconds: z.number(),
  /** Written before the order is finalized, so that no certificate is issued without its key. */
  order: z.optional(
    ownObject({
      url: z.string(),
      key: z.string(),
      request: z.string(),
      /** When it was placed, ISO 8601 in UTC. */
      at: z.optional(z.string()),
      /** How often its certificate was not the requested one. */
      refusals: z.optional(z.number()),
      /** How often the CA did not go on with it. */
      tries: z.optional(z.number()),
      /** Whether the CA has carried it out after such tries, which are counted anew since. */
      carriedOut: z.optional(z.boolean()),
    }),
  ),
  /** Recorded before they are written to the DNS. */
  records: z._default(
    z.array(
      ownObject({
        zoneId: z.string(),
        name: z.string(),
        type: z.enum(['TXT', 'CAA']),
        values: z.array(z.string()),
        ttl: z.number(),
        /** The role that reached the zone, even if the renewal file names another by now. */
        zoneRole: z.optional(z.string()),
      }),
    ),
    [],
  ),
});
export type ClaimRecord = z.infer<typeof ClaimRecord>;

/** Longer than a function can run: the worker of a claim that ran out is gone. */
export const CLAIM_SECONDS = 900;

/** Whether a claim may be taken over: its time is up by the store's clock, whatever the workers' clocks say. */
export function isStale(
  { leaseSeconds }: Pick<ClaimRecord, 'leaseSeconds'>,
  { modified, at }: { modified: Date; at: Date },
): boolean {
  return modified.getTime() + Math.min(leaseSeconds, CLAIM_SECONDS) * 1000 <= at.getTime();
}

/** A certificate that is wrong twice will be wrong a third time; once may be damage on the way. */
const MOST_REFUSALS = 2;
/** Over some hours, with the waits after failures: a short-lived certificate cannot wait for days. */
const MOST_TRIES = 4;

/** The order to resume after a failure; `givenUp` means that its certificate may have been issued for nothing. */
export function orderAfter(
  order: ClaimRecord['order'],
  { reason, orderEnded }: Pick<Refusal, 'reason' | 'orderEnded'>,
): { order: ClaimRecord['order']; givenUp: boolean } {
  if (!order || orderEnded) return { order: undefined, givenUp: false };
  const { refusals = 0, tries = 0 } = order;
  const after = isOfKind(reason, 'wrong-certificate')
    ? { ...order, refusals: refusals + 1 }
    : reason.startsWith('acme-') || isOfKind(reason, 'of-order')
      ? { ...order, tries: tries + 1 }
      : order;
  const givenUp = (after.refusals ?? 0) >= MOST_REFUSALS || (after.tries ?? 0) >= MOST_TRIES;
  return { order: givenUp ? undefined : after, givenUp };
}
