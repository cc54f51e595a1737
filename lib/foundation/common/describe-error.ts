import type { Reason } from '../reasons/reasons.ts';
import { oneLine } from './one-line.ts';
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
