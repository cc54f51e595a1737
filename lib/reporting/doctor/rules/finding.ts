import { type Result as ResultOf, resultsOf } from '../../../foundation/common/finding.ts';

/** What is looked at for each certificate, in this order. */
export type Check =
  | 'file'
  | 'domains'
  | 'zone'
  | 'delegation'
  | 'sub-zone'
  | 'challenge-name'
  | 'standing-record'
  | 'caa'
  | 'account'
  | 'profile'
  | 'schedule'
  | 'hosts'
  | 'agent'
  | 'container'
  | 'served';

/** A finding without its certificate's name: what was seen of one precondition. */
export type Result = ResultOf<Check>;
export type Finding = { certificate: string } & Result;

export const { ok, warning, failing } = resultsOf<Check>();

/** The troubles among several results of one check, or all of them where there is none. */
export function troublesOr(results: Result[]): Result[] {
  const troubles = results.filter(({ status }) => status !== 'ok');
  return troubles.length > 0 ? troubles : results;
}

/** The answer of `doctor`; `counts` is by status. */
export interface Diagnosis {
  /** ISO 8601 in UTC. */
  at: string;
  certificates: number;
  counts: Record<Finding['status'], number>;
  findings: Finding[];
}

export function countByStatus(findings: readonly Finding[]): Diagnosis['counts'] {
  const counts = { ok: 0, warning: 0, failing: 0 };
  for (const { status } of findings) counts[status] += 1;
  return counts;
}
