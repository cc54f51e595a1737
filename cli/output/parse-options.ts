import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { CommandError } from '../command-error.ts';

/** `a.example.com, b.example.com` as a list. */
export const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

const LONGEST_LIMIT_S = 86_400;

/** What --limit says, as milliseconds; throws {@link CommandError}. */
export const millisecondsOf = (seconds: string): number =>
  secondsOf('--limit', seconds, LONGEST_LIMIT_S) * 1000;

/** What an option says, as a number of seconds; throws {@link CommandError}. */
export function secondsOf(option: string, seconds: string, longest: number): number {
  const parsed = Number(seconds);
  if (Number.isFinite(parsed) && parsed > 0 && parsed <= longest) return parsed;
  throw new CommandError(
    'limit-invalid',
    `${option} "${printable(seconds)}" is not a number of seconds from 1 to ${longest}`,
  );
}
