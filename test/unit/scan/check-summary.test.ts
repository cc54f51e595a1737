import { expect, it } from 'vitest';
import { type Checked, summarizeCheck } from '../../../lib/scan/rules/check-summary.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const DAY = 86_400_000;
const later = (days: number) => new Date(NOW.getTime() + days * DAY).toISOString();

it('a summary of 5,000 certificates that all fail fits an event', () => {
  const name = (index: number) => `${String(index).padStart(4, '0')}${'a'.repeat(124)}`;
  const checked = Array.from(
    { length: 5_000 },
    (_, index): Checked => ({
      name: name(index),
      lifeLeft: -index,
      notAfter: later(-index),
      failures: 9,
      overdue: true,
    }),
  );
  const certificates = checked.map((one) => ({
    name: one.name,
    action: 'reject' as const,
    reason: 'renewal-file-invalid' as const,
    message: 'x'.repeat(1_000),
  }));
  const health = checked.map(({ name }) => ({
    name,
    health: 'failing' as const,
    seen: 'x'.repeat(1_000),
    remedy: '',
    groups: [],
  }));
  const plan = {
    start: 'hourly-check',
    at: NOW.toISOString(),
    certificates,
    deployments: [],
    waiting: [],
    groupsOnline: [],
    listed: new Map(),
    unseen: { hosts: true, strays: true, names: checked.map((one) => one.name) },
    warnings: Array.from({ length: 1_000 }, () => 'x'.repeat(1_000)),
  };
  const summary = summarizeCheck(plan, checked, health);
  expect(summary.failing.count).toBe(5_000);
  expect(summary.soonest[0]?.name).toBe(name(4_999));
  expect(summary.unseen?.names).toHaveLength(200);
  expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThan(160 * 1024);
});
