import { describe, expect, it } from 'vitest';
import { batchRenewals, type DueCertificate } from '../../../lib/issuance/renewal/rules/batches.ts';
import { deferOrders } from '../../../lib/scan/rules/orders-per-run.ts';
import type { PlannedCertificate } from '../../../lib/scan/rules/plan.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

function look(name: string, daysLeft: number | undefined, action: 'renew' | 'mend' = 'renew') {
  const notAfter = daysLeft === undefined ? undefined : new Date(NOW.getTime() + daysLeft * DAY);
  const due: DueCertificate = {
    name,
    reason: action === 'mend' ? 'left-open' : 'expires-soon',
    ca: 'https://ca.test/directory',
    zoneIds: [`Z${name.length}`],
    notAfter,
    replacing: null,
  };
  const planned: PlannedCertificate =
    action === 'mend'
      ? { name, action, reason: 'left-open' }
      : { name, action, reason: 'expires-soon', names: [`${name}.test`] };
  return { planned, due };
}
type Looked = { planned: PlannedCertificate; due?: DueCertificate };
const dueOf = (looks: Looked[]) => looks.flatMap(({ due }) => due?.name ?? []);

describe('orders of one run', () => {
  it.each<[string, ReturnType<typeof look>[], string[]]>([
    ['all, while they are no more than the limit', [look('b', 9), look('a', 8)], ['b', 'a']],
    ['the soonest expiry first', [look('c', 9), look('b', 3), look('a', 8)], ['b', 'a']],
    ['expired ones before all', [look('c', -1), look('b', -3), look('a', 8)], ['c', 'b']],
    [
      'a name without a certificate as if it had a week',
      [look('d', undefined), look('b', 8), look('a', 6)],
      ['d', 'a'],
    ],
    [
      'mending besides, for which nothing is ordered',
      [look('x', 1, 'mend'), look('c', 9), look('b', 3), look('a', 8)],
      ['x', 'b', 'a'],
    ],
  ])('are %s', (_, looks, names) => {
    expect(dueOf(deferOrders(looks, { limit: 2, now: NOW }))).toEqual(names);
  });

  it('leave the others in the plan, with the next hourly check as the instant', () => {
    const [, deferred] = deferOrders([look('a', 1), look('b', 2)], { limit: 1, now: NOW }) as Looked[];
    expect(deferred).toEqual({
      planned: { name: 'b', action: 'wait', reason: 'orders-per-run', until: '2026-11-20T03:00:00.000Z' },
    });
  });

  it('drain 10,000 that are due at once in 20 runs, soonest expiry first, within a second a run', () => {
    // 7919 is prime: expiries in no order, and no two alike.
    let open = Array.from({ length: 10_000 }, (_, index) =>
      look(`n${index}`, ((index * 7919) % 10_000) / 500),
    );
    const before = process.memoryUsage().heapUsed;
    const drained: number[] = [];
    let slowest = 0;
    for (let run = 0; run < 20; run += 1) {
      const began = process.cpuUsage();
      const looks: Looked[] = deferOrders(open, { limit: 500, now: NOW });
      const batches = batchRenewals(
        looks.flatMap(({ due }) => due ?? []),
        NOW,
      );
      slowest = Math.max(slowest, process.cpuUsage(began).user / 1000);
      const names = new Set(batches.flatMap(({ certificates }) => certificates.map(({ name }) => name)));
      expect(names.size).toBe(500);
      drained.push(
        ...open.flatMap(({ due }) => (names.has(due.name) ? Number(due.notAfter) : [])).sort((a, b) => a - b),
      );
      open = open.filter(({ due }) => !names.has(due.name));
    }
    expect(open).toEqual([]);
    expect(drained).toEqual([...drained].sort((a, b) => a - b));
    expect(slowest).toBeLessThan(1000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(150e6);
  }, 30_000);
});
