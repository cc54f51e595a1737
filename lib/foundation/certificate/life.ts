import { DAY } from '../common/durations.ts';

/** A text is an instant in ISO 8601 in UTC. */
export interface Validity {
  notBefore: Date | string;
  notAfter: Date | string;
}

const timeOf = (instant: Date | string) =>
  typeof instant === 'string' ? Date.parse(instant) : instant.getTime();

/** In milliseconds, like all lengths here. */
export function lifetimeOf({ notBefore, notAfter }: Validity): number {
  return timeOf(notAfter) - timeOf(notBefore);
}

/** In the last sixth of its life a certificate is renewed whatever the file and the CA say. */
export function sixthOf(life: Validity): number {
  return lifetimeOf(life) / 6;
}

/** When the last sixth begins, in milliseconds since the epoch. */
export function lastSixthOf(life: Validity): number {
  return timeOf(life.notAfter) - sixthOf(life);
}

export function isInLastSixth(life: Validity, now: Date): boolean {
  return now.getTime() >= lastSixthOf(life);
}

/** The share of a life that is left: at most 1, below 0 after its end. */
export function lifeLeft(life: Validity, now: Date): number {
  const lifetime = lifetimeOf(life);
  return lifetime <= 0 ? 0 : Math.min(1, (timeOf(life.notAfter) - now.getTime()) / lifetime);
}

/** Whole days to the end, below 0 after it. */
export function daysLeft({ notAfter }: Pick<Validity, 'notAfter'>, now: Date): number {
  return Math.floor((timeOf(notAfter) - now.getTime()) / DAY);
}

/** 30 days, or a third of a life shorter than 90 days, or half of one under 10 (Let's Encrypt's integration guide). */
export function renewBefore(lifetime: number): number {
  if (lifetime < 10 * DAY) return lifetime / 2;
  return Math.min(30 * DAY, lifetime / 3);
}

/** The advised `renewBeforeDays`: a third of the life, and at least a day. */
export function thirdInDays(lifetime: number): number {
  return Math.max(1, Math.floor(lifetime / DAY / 3));
}
