import * as z from 'zod/mini';
import { DAY, HOUR, MINUTE } from '../../../foundation/common/durations.ts';
import { InputError } from '../../../foundation/common/input-error.ts';
import { ownObject } from '../../../foundation/common/own-object.ts';
import { parseValue } from '../../../foundation/common/parse-json.ts';

/** When the CA wants a certificate renewed (RFC 9773, 4.2). */
export interface RenewalWindow {
  start: Date;
  end: Date;
}

/** The CA's last suggestion for one certificate; when to ask again is in the index. Instants are ISO 8601 in UTC. */
export const Suggested = ownObject({
  /** RFC 9773, 4.1. */
  certId: z.string(),
  /** Chosen once inside the window. */
  at: z.optional(z.string()),
  /** Whether the CA has moved the window since: it is about to revoke, or has. */
  moved: z.optional(z.boolean()),
  /** Why the CA suggests this window, where it says so. */
  explanationUrl: z.optional(z.string()),
});
export type Suggested = z.infer<typeof Suggested>;

/** RFC 3339, whatever the offset. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i;
const Instant = z.string().check(z.regex(INSTANT, 'must be an instant, like 2026-11-20T02:00:00Z'));
const RenewalInfo = z.object({
  suggestedWindow: z.object({ start: Instant, end: Instant }),
  explanationURL: z.optional(z.string()),
});

/** RFC 9773, 4.3.1 and 4.3.2. */
const [SHORTEST_WAIT, LONGEST_WAIT, USUAL_WAIT] = [MINUTE, DAY, 6 * HOUR];

/** The CA's answer; throws {@link InputError} for one that counts as none (RFC 9773, 4.2). */
export function parseRenewalInfo(answer: unknown, where: string) {
  const reason = 'renewal-info-malformed';
  const { suggestedWindow, explanationURL } = parseValue(answer, RenewalInfo, { where, reason });
  const start = new Date(suggestedWindow.start);
  const end = new Date(suggestedWindow.end);
  // Also true for a day that does not exist.
  if (!(start < end))
    throw new InputError(
      reason,
      `${where}: the suggested window ends at ${suggestedWindow.end}, not after its start ${suggestedWindow.start}`,
    );
  const isLink = explanationURL !== undefined && /^https:\/\/[\x21-\x7e]{1,500}$/.test(explanationURL);
  return { window: { start, end }, ...(isLink && { explanationUrl: explanationURL }) };
}

/** From the check that finds a certificate due to its order. */
const UNTIL_ORDERED = 5 * MINUTE;

/**
 * The instant to renew at: the one chosen before as long as it lies in the window, so that asking often does not postpone
 * it; otherwise one at random, `random` in [0, 1), so long before the end that the next check comes in time (RFC 9773, 4.2).
 */
export function chooseInstant(
  { start, end }: RenewalWindow,
  before: string | undefined,
  { random, checkEveryHours }: { random: number; checkEveryHours: number },
) {
  const kept = before === undefined ? Number.NaN : Date.parse(before);
  if (kept >= start.getTime() && kept <= end.getTime()) return new Date(kept).toISOString();
  const room = end.getTime() - start.getTime() - checkEveryHours * HOUR - UNTIL_ORDERED;
  return new Date(start.getTime() + Math.floor(random * Math.max(0, room))).toISOString();
}

/** When the CA may be asked again: its Retry-After, not below a minute, not over a day (RFC 9773, 4.3.1). */
export function askAgainAt(retryAfterMs: number | undefined, now: Date): string {
  const wait = Math.min(LONGEST_WAIT, Math.max(SHORTEST_WAIT, retryAfterMs ?? USUAL_WAIT));
  return new Date(now.getTime() + wait).toISOString();
}

/** Whether to ask the CA about this certificate now; `askAgain` is what its last answer set. */
export function isAskDue(askAgain: string | undefined, certId: string, now: Date): boolean {
  // Without an authority key identifier there is no certId to ask with.
  if (certId === '' || certId.startsWith('.')) return false;
  if (askAgain === undefined) return true;
  const again = Date.parse(askAgain);
  // Later than the CA may ask for: the clock was wrong when it was written.
  return !(again > now.getTime()) || again > now.getTime() + LONGEST_WAIT;
}
