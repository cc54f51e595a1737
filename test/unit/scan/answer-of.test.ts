import { expect, it } from 'vitest';
import { answerOf } from '../../../lib/scan/answer-of.ts';
import type { Plan, PlannedCertificate } from '../../../lib/scan/rules/plan.ts';

const until = '2027-01-28T15:43:00Z';
const waiting = (index: number): PlannedCertificate => ({
  name: `n${index}.example.com`,
  action: 'wait',
  reason: 'not-due',
  until,
  notAfter: until,
});
const due: PlannedCertificate = {
  name: 'é.example.com',
  action: 'renew',
  reason: 'expires-soon',
  names: ['é.example.com'],
};
const planOf = (certificates: PlannedCertificate[]): Plan => ({
  start: 'hourly-check',
  at: until,
  certificates,
  batches: [],
  deployments: [],
  waiting: [],
  imports: [],
  probes: [],
  warnings: [],
});
const waitingOf = (count: number) => Array.from({ length: count }, (_, index) => waiting(index));
/** What Lambda takes at most. */
const LIMIT = 6_291_556;

it('a plan that fits is the answer', () => {
  const plan = planOf([...waitingOf(2000), due]);
  expect(answerOf(plan)).toBe(plan);
});

it.each([
  ['of a hundred thousand that wait', [...waitingOf(100_000), due]],
  ['of a hundred thousand that are due', [...waitingOf(5), ...Array(100_000).fill(due)]],
])('a plan %s is cut to what Lambda takes, those with something to do first', (_, certificates) => {
  const answer = answerOf(planOf(certificates));
  const bytes = Buffer.byteLength(JSON.stringify(answer));
  expect(bytes).toBeLessThan(LIMIT);
  expect(bytes).toBeGreaterThan(LIMIT * 0.8);
  expect(answer.certificates[0]).toEqual(due);
  expect(answer.certificates.length + (answer.left ?? 0)).toBe(certificates.length);
});
