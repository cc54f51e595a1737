import { HOUR } from '../../foundation/common/durations.ts';
import { byUrgency, type DueCertificate } from '../../issuance/renewal/rules/batches.ts';
import { type PlannedCertificate, plannedCertificate } from './plan.ts';

/**
 * Leaves the `limit` most urgent renewals due and lets the others wait for the next hourly check, so that a mass
 * renewal reaches the CA gradually. Repairs need no order and are not counted.
 */
export function deferOrders<Assessed extends { planned: PlannedCertificate; due?: DueCertificate }>(
  assessments: readonly Assessed[],
  { limit, now }: { limit: number; now: Date },
): Assessed[] {
  const orders = assessments.flatMap(({ planned, due }) => (planned.action === 'renew' && due ? due : []));
  if (orders.length <= limit) return [...assessments];
  const deferred = new Set(orders.sort(byUrgency(now)).slice(limit));
  const until = new Date(now.getTime() + HOUR);
  return assessments.map((assessed) => {
    const { due, ...rest } = assessed;
    if (!due || !deferred.has(due) || assessed.planned.action !== 'renew') return assessed;
    const { names, notAfter } = assessed.planned;
    const decision = { action: 'wait', reason: 'orders-per-run', until } as const;
    const planned = plannedCertificate({ name: due.name, names }, decision, { notAfter });
    return { ...rest, planned } as Assessed;
  });
}
