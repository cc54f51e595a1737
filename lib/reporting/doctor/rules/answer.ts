import { type Complaint, inOneLine } from '../../../foundation/common/perennial-error.ts';
import type { Reason } from '../../../foundation/reasons/reasons.ts';
import { type Check, type Result, warning } from './finding.ts';

/** Why a question got no answer; `code` is the resolver's own, such as `ESERVFAIL`. */
export interface Trouble extends Complaint {
  reason: Reason;
  code?: string | undefined;
}

/** What a question to a store, Route 53, SSM, the DNS or the CA was answered with. */
export type Answer<Found> = { found: Found } | { trouble: Trouble };

/** The answer, or `fallback` where there is none. */
export function foundOr<Found, Fallback>(answer: Answer<Found>, fallback: Fallback): Found | Fallback {
  return 'found' in answer ? answer.found : fallback;
}

/** Name servers that do not know the zone refuse to answer, and a resolver then answers so. */
export function isLame({ code }: Trouble): boolean {
  return code === 'ESERVFAIL' || code === 'EREFUSED';
}

/** Nothing was seen, so nothing is known to be wrong. */
export function unseen(check: Check, complaint: Complaint): Result {
  const remedy = 'this could not be looked at; run doctor again, and mend it if it stays';
  return warning(check, inOneLine(complaint), remedy);
}
