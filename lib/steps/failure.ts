import type { Refusal } from '../core/rate-limit-scope.ts';
import { AcmeError } from '../ports/certificate-authority.ts';

/** Any error as a reason for programs and a message for people, in one line. */
export function oneLineOf(error: unknown): { reason: string; message: string } {
  const message = (error instanceof Error ? error.message : String(error))
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 1000);
  const reason =
    error instanceof Error && 'reason' in error && typeof error.reason === 'string'
      ? error.reason
      : 'unexpected-error';
  return { reason, message };
}

/** As {@link oneLineOf}, with what the CA says of when to ask again and of which names. */
export function refusalOf(error: unknown): Refusal {
  const { retryAfterMs, identifiers } = error instanceof AcmeError ? error : ({} as Partial<AcmeError>);
  return { ...oneLineOf(error), retryAfterMs, identifiers };
}
