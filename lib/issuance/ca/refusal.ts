import { describeError } from '../../foundation/common/describe-error.ts';
import { AcmeError } from './certificate-authority.ts';
import type { Refusal } from './rules/rate-limit-scope.ts';

/** As {@link describeError}, with the CA's Retry-After and the names that it objects to. */
export function refusalOf(error: unknown): Refusal {
  const { retryAfterMs, identifiers } = error instanceof AcmeError ? error : ({} as Partial<AcmeError>);
  return { ...describeError(error), retryAfterMs, identifiers };
}
