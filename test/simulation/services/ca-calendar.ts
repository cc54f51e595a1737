import { DAY, HOUR } from '../engine/durations.ts';

const SHORTER = Date.parse('2027-02-10');
const SHORTEST = Date.parse('2028-02-16');

/** How long a profile's certificates live: Let's Encrypt's dates of December 2025. */
export function lifetimeOf(profile: string | undefined, now: number): number {
  if (profile === 'shortlived') return 160 * HOUR;
  if (profile === 'tlsserver') return 45 * DAY;
  return now < SHORTER ? 90 * DAY : now < SHORTEST ? 64 * DAY : 45 * DAY;
}

/** How long a proof counts for further orders. */
export function authorizationReuse(now: number): number {
  return now < SHORTER ? 30 * DAY : now < SHORTEST ? 10 * DAY : 7 * HOUR;
}

export interface Window {
  start: number;
  end: number;
}

/** The window of an undisturbed certificate: 2 % of its life wide, about two thirds of it, or half of one under 10 days. */
export function suggestedWindow(notBefore: number, notAfter: number): Window {
  const life = notAfter - notBefore;
  const middle = notBefore + life * (life < 10 * DAY ? 1 / 2 : 2 / 3);
  return { start: middle - life / 100, end: middle + life / 100 };
}
