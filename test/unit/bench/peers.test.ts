import { describe, expect, it } from 'vitest';
import type { Comparison, Figures } from '../../../bench/peers/compare.ts';
import { plansOf } from '../../../bench/peers/plans.ts';
import { ratiosOf } from '../../../bench/peers/ratios.ts';
import { comparisonTable } from '../../../bench/peers/table.ts';

const alike = (value: number) => ({ min: value, median: value, max: value });
const figures = (wallMs: number, more: Partial<Figures> = {}): Figures => ({
  wallMs: alike(wallMs),
  cpuMs: alike(100),
  peakMb: alike(70),
  caRequests: alike(9),
  route53Calls: alike(5),
  ...more,
});
const comparison: Comparison = {
  measuredAt: '2026-11-20T02:00:00.000Z',
  load: { before: 0, after: 1 },
  entrants: [
    { id: 'renew-warm', title: 'renew warm', version: 'of this commit' },
    { id: 'certbot', title: 'certbot', version: '5.8.0' },
    { id: 'lego', title: 'lego', why: 'apt-get is not there' },
  ],
  cases: [
    {
      certificates: 10,
      propagationMs: 5000,
      runs: 1,
      measuredOn: 3,
      figures: { 'renew-warm': figures(6000), certbot: figures(72_000, { measuredOn: 3 }) },
    },
  ],
};
const cells = (table: string, start: string) =>
  table
    .split('\n')
    .find((line) => line.includes(start))
    ?.split('│')
    .slice(1, -1)
    .map((cell) => cell.trim());

describe('the cases that are compared', () => {
  it('are 1, 10 and 100 certificates, each with 0, 5 and 30 s', () => {
    const cases = plansOf({ quick: false }).map(({ certificates, propagationMs }) => [
      propagationMs,
      certificates,
    ]);
    expect(cases).toEqual([0, 5000, 30_000].flatMap((ms) => [1, 10, 100].map((count) => [ms, count])));
  });

  it('never have the others renew more than the case has', () => {
    for (const { certificates, measuredOn = 1 } of plansOf({ quick: false }))
      expect(measuredOn).toBeLessThanOrEqual(certificates);
  });
});

describe('the table', () => {
  it('says who is missing and why, and leaves its column empty', () => {
    const table = comparisonTable(comparison);
    expect(table).toContain('lego is missing: apt-get is not there');
    expect(cells(table, 'wall time, s')).toEqual(['wall time, s', '6.00', '72.00', '']);
  });

  it('marks who was measured on fewer', () => {
    const table = comparisonTable(comparison);
    expect(cells(table, '10 × 5 s, one run')).toEqual([
      '10 × 5 s, one run',
      'renew warm',
      'certbot *',
      'lego',
    ]);
    expect(table).toContain('* measured on 3, times and counts scaled');
  });

  it('says by how much an aim is missed', () => {
    expect(cells(comparisonTable(comparison), '10 × 5 s, renew-warm')).toEqual([
      '10 × 5 s, renew-warm',
      'certbot',
      '0.083',
      '0.08',
      'missed by 4 %',
    ]);
  });
});

describe('the ratios', () => {
  it('are none where neither certbot nor lego was there', () => {
    const cases = [{ certificates: 1, propagationMs: 0, runs: 1, figures: { 'renew-warm': figures(300) } }];
    expect(ratiosOf(cases)).toEqual([]);
  });
});
