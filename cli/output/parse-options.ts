import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { CommandError } from '../command-error.ts';

/** `a.example.com, b.example.com` as a list. */
export const listOf = (text: string | undefined): string[] =>
  (text ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** Seconds as milliseconds; throws {@link CommandError}. */
export function millisecondsOf(seconds: string): number {
  const parsed = Number(seconds);
  if (Number.isFinite(parsed) && parsed > 0 && parsed <= 86_400) return parsed * 1000;
  throw new CommandError(
    'limit-invalid',
    `--limit "${printable(seconds)}" is not a number of seconds from 1 to 86400`,
  );
}
