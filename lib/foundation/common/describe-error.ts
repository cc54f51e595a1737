import type { Reason } from '../reasons/reasons.ts';
import { PerennialError } from './perennial-error.ts';

/** Room for what a CA says of each of a hundred names. */
const LONGEST_OURS = 4_000;

/** Any error as a reason for programs and a message for people, in one line. */
export function describeError(error: unknown): { reason: Reason; message: string } {
  if (error instanceof PerennialError)
    return { reason: error.reason, message: oneLine(error.message, LONGEST_OURS) };
  const message = oneLine(error instanceof Error ? error.message : String(error), 1_000);
  return { reason: 'unexpected-error', message };
}

/** A foreign text without line breaks and control characters, cut to a length. */
export function oneLine(text: string, most: number): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, most);
}
