import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { isDay } from '../../lib/foundation/common/is-day.ts';
import { CommandError } from '../command-error.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `2h` before `now`, or an instant that has been; throws {@link CommandError}. */
export function parseSince(text: string, now: Date): Date {
  const instant = instantOf(text, now);
  if (instant === undefined)
    throw new CommandError('since-invalid', {
      seen: `--since "${printable(text)}" is neither a time before now nor an instant`,
      remedy: 'give 30m, 2h, 7d, or an instant such as 2026-11-20T02:00Z',
    });
  if (instant > now)
    throw new CommandError('since-invalid', {
      seen: `--since "${printable(text)}" is yet to come`,
      remedy: `it is ${now.toISOString().slice(0, 16)}Z now, and an instant without a zone is in UTC`,
    });
  // CloudWatch Logs knows no time before 1970.
  return new Date(Math.max(instant.getTime(), 0));
}

function instantOf(text: string, now: Date): Date | undefined {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0));
  const [, day = '', time, zone] =
    /^(\d{4}-\d\d-\d\d)(T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.exec(text) ?? [];
  if (!isDay(day)) return undefined;
  // An instant without a zone is in UTC, like all that is printed.
  const instant = new Date(time !== undefined && zone === undefined ? `${text}Z` : text);
  return Number.isNaN(instant.getTime()) ? undefined : instant;
}
