import { describeError } from '../../foundation/common/describe-error.ts';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import { AcmeError } from './certificate-authority.ts';
import type { Refusal } from './rules/rate-limit-scope.ts';

/** As {@link describeError}, with the CA's Retry-After and the names that it objects to. */
export function refusalOf(error: unknown): Refusal {
  const known = error instanceof AcmeError ? error : ({} as Partial<AcmeError>);
  const { retryAfterMs, identifiers, orderEnded, unproved } = known;
  return { ...describeError(error), retryAfterMs, identifiers, orderEnded, unproved };
}

/** Several failures as one, with the words of all; `undefined` for none. The first is the reason. */
export function together([first, ...others]: readonly unknown[]): unknown {
  if (!(first instanceof AcmeError) || others.length === 0) return first;
  const all = [first, ...others].map(refusalOf);
  const seen = [...new Set(all.map(({ message }) => message))].join('; ');
  const waits = all.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  const identifiers = all.flatMap((one) => one.identifiers ?? []);
  const retryAfterMs = waits.length > 0 ? Math.max(...waits) : undefined;
  return new AcmeError(first.reason, { seen, cause: first }, { identifiers, retryAfterMs });
}

/** Whether the CA refused: a repetition would be refused as well. */
export function isRefusal(error: unknown): boolean {
  return error instanceof AcmeError && isOfKind(error.reason, 'refused');
}

/** Whether the CA has no such order or authorization of ours. */
export function isGone(error: unknown): boolean {
  return error instanceof AcmeError && isOfKind(error.reason, 'order-unknown');
}
