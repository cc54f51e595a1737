import { MINUTE } from './durations.ts';

/** Clocks of one account differ by less. */
const SKEW = MINUTE;

/** Whether a stored instant can be meant: it is one, and not later than `latest`. Anything else counts as not stored. */
export function isBy(instant: string, latest: Date): boolean {
  return Date.parse(instant) <= latest.getTime() + SKEW;
}
