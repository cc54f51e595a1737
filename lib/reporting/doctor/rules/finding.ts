import { type Result as ResultOf, resultsOf } from '../../../foundation/common/finding.ts';
import { firstThatFit, MOST_BYTES } from '../../../foundation/common/first-that-fit.ts';
import { type Complaint, inOneLine } from '../../../foundation/common/perennial-error.ts';
import type { Reason } from '../../../foundation/reasons/reasons.ts';

/** What is checked for each certificate, in this order. */
export type Check =
  // Of the stack, not of a certificate.
  | 'notify'
  | 'file'
  | 'health'
  | 'domains'
  | 'zone'
  | 'delegation'
  | 'sub-zone'
  | 'challenge-name'
  | 'standing-record'
  | 'dnssec'
  | 'caa'
  | 'account'
  | 'profile'
  | 'schedule'
  | 'hosts'
  | 'agent'
  | 'container'
  | 'served';

/** A finding without its certificate name. */
export type Result = ResultOf<Check>;
/** `certificate` is STACK where it is about no certificate. */
export type Finding = { certificate: string } & Result;

/** No certificate can be called so. */
export const STACK = '(stack)';

export const { ok, warning, failing } = resultsOf<Check>();

/** The troubles among several results of one check, or all of them where there is none. */
export function troublesOr(results: Result[]): Result[] {
  const troubles = results.filter(({ status }) => status !== 'ok');
  return troubles.length > 0 ? troubles : results;
}

/** The answer of `doctor`; `at` is ISO 8601 in UTC, `counts` is by status. */
export interface Diagnosis {
  at: string;
  certificates: number;
  counts: Record<Finding['status'], number>;
  findings: Finding[];
  /** How many more there are than an answer may have. */
  left?: number;
}

/** The diagnosis as an answer that Lambda takes: of too many findings, the worst come first. */
export function inRoom(diagnosis: Diagnosis): Diagnosis {
  const { findings, ...rest } = diagnosis;
  const of = (status: Finding['status']) => findings.filter((one) => one.status === status);
  const room = MOST_BYTES - Buffer.byteLength(JSON.stringify(rest));
  if (firstThatFit(findings, room).length === findings.length) return diagnosis;
  const shown = firstThatFit([...of('failing'), ...of('warning'), ...of('ok')], room);
  return { ...rest, findings: shown, left: findings.length - shown.length };
}

/** Why a question got no answer; `code` is the resolver's own, such as `ESERVFAIL`. */
export interface Trouble extends Complaint {
  reason: Reason;
  code?: string | undefined;
}

/** What a store, Route 53, SSM, the DNS or the CA answered. */
export type Answer<Found> = { found: Found } | { trouble: Trouble };

export function foundOr<Found, Fallback>(answer: Answer<Found>, fallback: Fallback): Found | Fallback {
  return 'found' in answer ? answer.found : fallback;
}

/** Name servers that do not know the zone refuse to answer, and a resolver passes that on. */
export function isLame({ code }: Trouble): boolean {
  return code === 'ESERVFAIL' || code === 'EREFUSED';
}

/** Nothing was seen, so nothing is known to be wrong. */
export function unseen(check: Check, complaint: Complaint): Result {
  const remedy = 'this could not be looked at; run doctor again, and mend it if it stays';
  return warning(check, inOneLine(complaint), remedy);
}
