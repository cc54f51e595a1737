import type { Reason } from '../reasons/reasons.ts';
import { PerennialError } from './perennial-error.ts';

/** Any error as a reason for programs and a message for people, in one line. */
export function describeError(error: unknown): { reason: Reason; message: string } {
  const message = oneLine(error instanceof Error ? error.message : String(error), 1000);
  return { reason: error instanceof PerennialError ? error.reason : 'unexpected-error', message };
}

/** A foreign text without line breaks and control characters, cut to a length. */
export function oneLine(text: string, most: number): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, most);
}
