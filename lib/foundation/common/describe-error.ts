import type { Reason } from '../reasons/reasons.ts';
import { oneLine } from './one-line.ts';
import { PerennialError } from './perennial-error.ts';

/** Any error as a reason for programs and a message for people, in one line. */
export function describeError(error: unknown): { reason: Reason; message: string } {
  const message = oneLine(error instanceof Error ? error.message : String(error), 1000);
  return { reason: error instanceof PerennialError ? error.reason : 'unexpected-error', message };
}
