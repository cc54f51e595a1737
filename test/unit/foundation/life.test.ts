import { describe, expect, it } from 'vitest';
import {
  daysLeft,
  isInLastSixth,
  lastSixthOf,
  lifeLeft,
  renewBefore,
  thirdInDays,
} from '../../../lib/foundation/certificate/life.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const DAY = 86_400_000;
const later = (days: number) => new Date(NOW.getTime() + days * DAY);

describe('the share of life left', () => {
  it.each([
    [0, 90, 1],
    [-45, 45, 0.5],
    [-90, 0, 0],
    [-180, -90, -1],
    [1, 91, 1],
    [0, 0, 0],
  ])('of a certificate from day %i to day %i is %d', (from, to, share) => {
    const life = { notBefore: later(from).toISOString(), notAfter: later(to).toISOString() };
    expect(lifeLeft(life, NOW)).toBeCloseTo(share, 6);
  });
});

describe('the last sixth of a life', () => {
  const life = { notBefore: later(-75), notAfter: later(15) };
  it.each([
    ['has not begun a millisecond before', -1, false],
    ['begins at its first instant', 0, true],
    ['goes on after the end', 16 * DAY, true],
  ])('%s', (_, ms, expected) => {
    expect(isInLastSixth(life, new Date(NOW.getTime() + ms))).toBe(expected);
  });

  it('is the same of dates as of text', () => {
    const text = { notBefore: life.notBefore.toISOString(), notAfter: life.notAfter.toISOString() };
    expect([lastSixthOf(life), lastSixthOf(text)]).toEqual([NOW.getTime(), NOW.getTime()]);
  });
});

it.each([
  [90, 30, 30],
  [398, 30, 132],
  [45, 15, 15],
  [10, 10 / 3, 3],
  [6, 3, 2],
  [1, 0.5, 1],
])('a life of %d days is renewed %d days before its end, and %d may be set', (days, before, most) => {
  expect(renewBefore(days * DAY) / DAY).toBeCloseTo(before, 6);
  expect(thirdInDays(days * DAY)).toBe(most);
});

it.each([
  [1.5, 1],
  [0.5, 0],
  [-0.5, -1],
])('%d days to the end are %d whole ones', (days, whole) => {
  expect(daysLeft({ notAfter: later(days) }, NOW)).toBe(whole);
});
