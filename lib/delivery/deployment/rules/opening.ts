import {
  type DeploymentWindow,
  type Freeze,
  parseFreeze,
  parseWindow,
} from '../../../foundation/certificate/deployment-window.ts';
import { DAY, MINUTE } from '../../../foundation/common/durations.ts';

/** Whether the hosts of a group may be touched at an instant and, if not, from when on they may. */
export type Opening = { isOpen: true } | { isOpen: false; reason: 'outside-window' | 'frozen'; until: Date };

const WEEK_MINUTES = 7 * 24 * 60;
const DAY_MINUTES = 24 * 60;
/** No zone is further from UTC. */
const FURTHEST = 15 * 60 * MINUTE;

/**
 * Windows go by the clock on the wall: in spring one that begins within the hour that is left out begins after it, and in
 * autumn the hour that comes twice is in it twice. Without a window hosts may be touched at any time; a freeze comes first.
 */
export function openingOf(times: Times, now: Date): Opening {
  const at = Math.floor(now.getTime() / MINUTE) * MINUTE;
  const last = known.get(times);
  if (last?.at === at) return last.opening;
  const opening = findOpening(times, at);
  known.set(times, { at, opening });
  return opening;
}

interface Times {
  window?: readonly string[] | undefined;
  freeze?: readonly string[] | undefined;
}

/** What was found last for a group: it is asked for each certificate on each host. */
const known = new WeakMap<Times, { at: number; opening: Opening }>();

function findOpening({ window = [], freeze = [] }: Times, at: number): Opening {
  const windows = parsedOf(window, parseWindow);
  const freezes = parsedOf(freeze, parseFreeze);
  const isFrozen = freezes.some((one) => covers(one, at));
  if (!isFrozen && minutesToOpen(windows, at) === 0) return { isOpen: true };
  const until = new Date(nextOpening({ windows, freezes }, at));
  return { isOpen: false, reason: isFrozen ? 'frozen' : 'outside-window', until };
}

/** What the settings hold was checked when it was deployed. */
function parsedOf<Found extends object>(
  texts: readonly string[],
  parse: (text: string) => Found | { complaint: string },
): Found[] {
  return texts.map(parse).filter((parsed): parsed is Found => !('complaint' in parsed));
}

function nextOpening(
  { windows, freezes }: { windows: readonly DeploymentWindow[]; freezes: readonly Freeze[] },
  since: number,
): number {
  let at = since;
  for (;;) {
    const freeze = freezes.find((one) => covers(one, at));
    const wait = freeze ? 0 : minutesToOpen(windows, at);
    if (freeze) at = endOf(freeze, at);
    else if (wait === 0) return at;
    else at = forward(windows, at, wait);
  }
}

/** To the opening or, where a clock is put forward or back before it, to that minute: a window may open or close by it. */
function forward(windows: readonly DeploymentWindow[], at: number, wait: number): number {
  const target = at + wait * MINUTE;
  return Math.min(target, ...windows.map(({ zone }) => shiftOf(zone, at, target)));
}

/** The first minute after `at` at which the clock of a zone is not as far from UTC as it was then; `target` where it is. */
function shiftOf(zone: string, at: number, target: number): number {
  const isSame = (instant: number) => clockAt(zone, instant) - instant === clockAt(zone, at) - at;
  return isSame(target) ? target : firstMinute(at, target, (instant) => !isSame(instant));
}

/** The first minute in which it is so; not at `from`, and from some minute until `to` always. */
function firstMinute(from: number, to: number, isSo: (at: number) => boolean): number {
  let [before, after] = [from, to];
  while (after - before > MINUTE) {
    const middle = before + Math.floor((after - before) / MINUTE / 2) * MINUTE;
    if (isSo(middle)) after = middle;
    else before = middle;
  }
  return after;
}

/** By the clocks; 0 where one is open, or there is none. */
function minutesToOpen(windows: readonly DeploymentWindow[], at: number): number {
  if (windows.length === 0) return 0;
  return Math.min(...windows.map((window) => minutesToOpenOf(window, at)));
}

function minutesToOpenOf({ days, from, to, zone }: DeploymentWindow, at: number): number {
  const clock = new Date(clockAt(zone, at));
  const minute = clock.getUTCDay() * DAY_MINUTES + clock.getUTCHours() * 60 + clock.getUTCMinutes();
  const waits = days.map((day) => {
    const since = inWeek(minute - day * DAY_MINUTES - from);
    return since < to - from ? 0 : WEEK_MINUTES - since;
  });
  return Math.min(...waits);
}

const inWeek = (minutes: number) => ((minutes % WEEK_MINUTES) + WEEK_MINUTES) % WEEK_MINUTES;

function covers({ first, last, zone }: Freeze, at: number): boolean {
  const day = new Date(clockAt(zone, at)).toISOString().slice(0, 10);
  return first <= day && day <= last;
}

/** The first minute after the last day: the calendar of a zone goes on from one to the other. */
function endOf(freeze: Freeze, at: number): number {
  const end = Date.parse(`${freeze.last}T00:00:00Z`) + DAY;
  return firstMinute(Math.max(at, end - FURTHEST), end + FURTHEST, (one) => !covers(freeze, one));
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** What the clock of a zone shows at an instant, as an instant of UTC that shows the same; in milliseconds. */
function clockAt(zone: string, at: number): number {
  const parts = Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute);
}

function formatOf(zone: string): Intl.DateTimeFormat {
  const numeric = 'numeric';
  const known =
    formats.get(zone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: numeric,
      month: numeric,
      day: numeric,
      hour: numeric,
      minute: numeric,
    });
  formats.set(zone, known);
  return known;
}
