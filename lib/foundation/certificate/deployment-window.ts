import * as z from 'zod/mini';
import { HOUR, MINUTE } from '../common/durations.ts';
import { printable } from '../common/explain-issues.ts';
import { isDay } from '../common/is-day.ts';

/** Days of the week (0 is Sunday) and the minutes of such a day at which it opens and closes; over 1440 on the day after. */
export interface DeploymentWindow {
  days: readonly number[];
  from: number;
  to: number;
  zone: string;
}

/** From the beginning of the first day to the end of the last, such as 2026-12-20, by the zone's calendar. */
export interface Freeze {
  first: string;
  last: string;
  zone: string;
}

type Parsed<Found> = Found | { complaint: string };

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const DAY_MINUTES = 24 * 60;
const WINDOW =
  /^((?:[A-Z][a-z]{2}(?:-[A-Z][a-z]{2})?,?)+) (\d\d):(\d\d)-(\d\d):(\d\d) ([A-Za-z0-9_+/:-]{1,40})$/;
const FREEZE = /^(\d{4}-\d\d-\d\d)(?:\/(\d{4}-\d\d-\d\d))? ([A-Za-z0-9_+/:-]{1,40})$/;

/** `Mon-Thu 02:00-05:00 Europe/Berlin`; one that ends before it begins ends on the day after. */
export function parseWindow(text: string): Parsed<DeploymentWindow> {
  const [, daysText = '', fromHour, fromMinute, toHour, toMinute, zone = ''] = WINDOW.exec(text) ?? [];
  if (zone === '') return complain(text, 'is no window; give it as in "Mon-Thu 02:00-05:00 Europe/Berlin"');
  const days = daysText.split(',').flatMap(daysIn);
  if (days.includes(-1)) return complain(text, `names a day that is none of ${DAYS.join(', ')}`);
  const from = minuteOf(fromHour, fromMinute);
  const to = minuteOf(toHour, toMinute);
  if (from >= DAY_MINUTES || to > DAY_MINUTES) return complain(text, 'has a time that no day has');
  if (from === to) return complain(text, 'is empty; for whole days write 00:00-24:00');
  if (!isZone(zone)) return complain(text, NO_ZONE);
  return { days: [...new Set(days)], from, to: to > from ? to : to + DAY_MINUTES, zone };
}

/** `2026-12-20/2027-01-03 Europe/Berlin`, or a single day. */
export function parseFreeze(text: string): Parsed<Freeze> {
  const [, first = '', last = first, zone = ''] = FREEZE.exec(text) ?? [];
  if (zone === '')
    return complain(
      text,
      'is no freeze; give it as in "2026-12-20/2027-01-03 Europe/Berlin", or with one day',
    );
  if (![first, last].every(isDay)) return complain(text, 'names a day that there is not');
  if (last < first) return complain(text, 'ends before it begins');
  return isZone(zone) ? { first, last, zone } : complain(text, NO_ZONE);
}

const NO_ZONE = 'names a time zone that is not in the IANA list, such as Europe/Berlin or UTC';

const complain = (text: string, what: string) => ({ complaint: `"${printable(text)}" ${what}` });

/** `Fri-Mon` goes over the end of the week; -1 is none. */
function daysIn(range: string): number[] {
  const [first = '', last = first] = range.split('-');
  const [from, to] = [DAYS.indexOf(first), DAYS.indexOf(last)];
  if (from < 0 || to < 0) return [-1];
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, index) => (from + index) % 7);
}

function minuteOf(hour = '', minute = ''): number {
  return Number(minute) < 60 ? Number(hour) * 60 + Number(minute) : Number.POSITIVE_INFINITY;
}

/** Those that were found: to ask takes longer than the rest of a window, and every check parses all windows. */
const zones = new Set<string>();

function isZone(zone: string): boolean {
  if (zones.has(zone)) return true;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: zone });
    zones.add(zone);
    return true;
  } catch {
    return false;
  }
}

/** Two checks have to fall into a window: one may fail or come late, and in spring an hour of it may not be there. */
const CHECKS_NEEDED = 2;

/** Why checks at this distance could miss a window; `undefined` if they cannot. */
export function complaintAboutLength(text: string, checkEveryHours: number): string | undefined {
  const window = parseWindow(text);
  if ('complaint' in window) return window.complaint;
  // A whole day is followed by the next, or is as long as a day's window can be.
  const needed = Math.min(CHECKS_NEEDED * checkEveryHours * 60, DAY_MINUTES);
  if (window.to - window.from >= needed) return undefined;
  const hours = (needed * MINUTE) / HOUR;
  return `"${printable(text)}" is shorter than ${CHECKS_NEEDED} checks, one every ${checkEveryHours} h; make it ${hours} h long, or set checkEveryHours to less`;
}

/** One text or several, each of which `parse` takes. */
function texts(parse: (text: string) => Parsed<object>, most: number) {
  const text = z.string().check(({ value, issues }) => {
    const parsed = parse(value);
    if ('complaint' in parsed) issues.push({ code: 'custom', input: value, message: parsed.complaint });
  });
  return z.optional(
    z.pipe(
      z.transform((given: unknown) => (typeof given === 'string' ? [given] : given)),
      z
        .array(text)
        .check(
          z.minLength(1, 'lists none; give one, or leave it out'),
          z.maxLength(most, `lists over ${most}`),
        ),
    ),
  );
}

/** `window` and `freeze` of a host group. */
export const DeploymentTimes = { window: texts(parseWindow, 14), freeze: texts(parseFreeze, 30) };
