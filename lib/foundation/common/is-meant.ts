import { MINUTE } from './durations.ts';

/** The clocks of two workers differ by less. */
const APART = 15 * MINUTE;

/**
 * Whether an instant (ISO 8601) of a stored object can be meant: it can be read, and lies at most `aheadMs` ahead. Any other
 * comes from a wrong clock or a hand, and counts as passed: capped at the longest wait, it would move ahead with each reading.
 */
export function isMeant(at: string | undefined, now: Date, aheadMs = 0): boolean {
  return at !== undefined && Date.parse(at) <= now.getTime() + aheadMs + APART;
}
