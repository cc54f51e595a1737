import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { CommandError } from '../command-error.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `2h` before `now`, or an instant; throws {@link CommandError}. */
export function parseSince(text: string, now: Date): Date {
  const [, count, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  if (count !== undefined) return new Date(now.getTime() - Number(count) * (UNITS[unit] ?? 0));
  const isInstant = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)?)?$/.test(text);
  // An instant without a zone is in UTC, like all that is printed.
  const instant = new Date(
    isInstant && /T/.test(text) && !/(Z|[+-]\d\d:\d\d)$/.test(text) ? `${text}Z` : text,
  );
  if (isInstant && !Number.isNaN(instant.getTime())) return instant;
  throw new CommandError('since-invalid', {
    seen: `--since "${printable(text)}" is neither a time before now nor an instant`,
    remedy: 'give 30m, 2h, 7d, or an instant such as 2026-11-20T02:00Z',
  });
}
