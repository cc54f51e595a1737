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
    { id: 'event-cold', kind: 'own', title: "event, all cold, Lambda's share", version: 'of this commit' },
    { id: 'floor', kind: 'floor', title: 'floor', version: 'of this commit' },
    { id: 'certbot', kind: 'peer', title: 'certbot', version: '5.8.0' },
    { id: 'certbot-whole', kind: 'peer', title: 'certbot, all of them', version: '5.8.0' },
    { id: 'lego', kind: 'peer', title: 'lego', why: 'apt-get is not there' },
    { id: 'auto', kind: 'peer', title: 'acme-client auto()', version: '5.4.0' },
  ],
  cases: [
    {
      certificates: 10,
      propagationMs: 5000,
      runs: 1,
      measuredOn: 3,
      figures: {
        'event-cold': figures(6000),
        floor: figures(5000),
        certbot: figures(72_000, { measuredOn: 3 }),
        auto: figures(50_000, { measuredOn: 3 }),
      },
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

it('has one peer renew all of them wherever the others renew fewer', () => {
  for (const { measuredOn, whole = false } of plansOf({ quick: false }))
    expect(whole).toBe(measuredOn !== undefined);
});

describe('the table', () => {
  it('says who is missing and why, and leaves its row empty', () => {
    const table = comparisonTable(comparison);
    expect(table).toContain('lego is missing: apt-get is not there');
    expect(cells(table, '│ lego ')).toEqual(['lego', '', '', '', '', '']);
    expect(cells(table, '│ floor ')).toEqual(['floor', '5.00', '0.10', '70', '9', '5']);
  });

  it('marks who was measured on fewer', () => {
    const table = comparisonTable(comparison);
    expect(cells(table, '│ certbot ')?.slice(0, 2)).toEqual(['certbot 5.8.0 *', '72.00']);
    expect(table).toContain('* measured on 3, times and counts scaled');
  });

  it('has no row of a client that takes no part in a case', () => {
    expect(comparisonTable(comparison)).not.toContain('all of them');
  });

  it('says by how much an aim is missed', () => {
    expect(cells(comparisonTable(comparison), '10 × 5 s, event-cold')).toEqual([
      '10 × 5 s, event-cold',
      'certbot',
      '0.0833',
      '0.075, missed by 11 %',
      '1.20',
      '',
    ]);
  });
});

describe('the ratios', () => {
  const [one] = comparison.cases;
  if (!one) throw new Error('there is no case');
  const ratioWith = (more: Record<string, Figures>) =>
    ratiosOf({ ...comparison, cases: [{ ...one, figures: { ...one.figures, ...more } }] });

  it('are over the fastest of certbot and lego, those that renewed all of them included', () => {
    const [ratio] = ratioWith({ 'certbot-whole': figures(60_000) });
    expect(ratio?.peer).toEqual({ id: 'certbot-whole', ratio: 0.1, aim: 0.075 });
  });

  it('are over the floor, with an aim for a hundred without propagation', () => {
    const cases = [{ ...one, certificates: 100, propagationMs: 0 }];
    expect(ratiosOf({ ...comparison, cases })[0]?.floor).toEqual({ id: 'floor', ratio: 1.2, aim: 3 });
  });

  it('are none where neither a peer nor the floor was there', () => {
    const cases = [{ ...one, figures: { 'event-cold': figures(300) } }];
    expect(ratiosOf({ ...comparison, cases })).toEqual([]);
  });
});
