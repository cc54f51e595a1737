/** What is looked at for each certificate, in this order. */
export const CHECKS = [
  'file',
  'domains',
  'zone',
  'delegation',
  'sub-zone',
  'challenge-name',
  'standing-record',
  'caa',
  'account',
  'profile',
  'schedule',
  'hosts',
  'agent',
  'container',
  'served',
] as const;
export type Check = (typeof CHECKS)[number];

/** One precondition of one certificate: what was seen, and, unless all is well, what to do. Each is one line. */
export interface Finding {
  certificate: string;
  check: Check;
  status: 'ok' | 'warning' | 'failing';
  seen: string;
  remedy: string;
}

/** A finding before it is said whose it is. */
export type Result = Omit<Finding, 'certificate'>;

/** The answer of `doctor`; `counts` is by status. */
export interface Diagnosis {
  /** ISO 8601 in UTC. */
  at: string;
  certificates: number;
  counts: Record<Finding['status'], number>;
  findings: Finding[];
}

export const ok = (check: Check, seen: string): Result => ({ check, status: 'ok', seen, remedy: '' });

export const warning = (check: Check, seen: string, remedy: string): Result => ({
  check,
  status: 'warning',
  seen,
  remedy,
});

export const failing = (check: Check, seen: string, remedy: string): Result => ({
  check,
  status: 'failing',
  seen,
  remedy,
});

export function countByStatus(findings: readonly Finding[]): Diagnosis['counts'] {
  const counts = { ok: 0, warning: 0, failing: 0 };
  for (const { status } of findings) counts[status] += 1;
  return counts;
}
