import { HOUR } from '../../foundation/common/durations.ts';
import { byUrgency, type DueCertificate } from '../../issuance/renewal/rules/batches.ts';
import { type PlannedCertificate, plannedCertificate } from './plan.ts';

interface Assessed {
  planned: PlannedCertificate;
  due?: DueCertificate;
}

/**
 * Leaves the `limit` most urgent renewals due and lets the others wait for the next hourly check, so that an order of
 * everything at once comes to the CA little by little. Mending needs no order and is not counted.
 */
export function deferOrders<L extends Assessed>(
  looks: readonly L[],
  { limit, now }: { limit: number; now: Date },
): L[] {
  const orders = looks.flatMap(({ planned, due }) => (planned.action === 'renew' && due ? due : []));
  if (orders.length <= limit) return [...looks];
  const deferred = new Set(orders.sort(byUrgency(now)).slice(limit));
  const until = new Date(now.getTime() + HOUR);
  return looks.map((look) => {
    const { due, ...rest } = look;
    if (!due || !deferred.has(due) || look.planned.action !== 'renew') return look;
    const { names, notAfter } = look.planned;
    const decision = { action: 'wait', reason: 'orders-per-run', until } as const;
    return { ...rest, planned: plannedCertificate({ name: due.name, names }, decision, { notAfter }) } as L;
  });
}
