import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { at, each, type Measured, monthlyBill, type Points, type Prices } from '../../../bench/bill/model.ts';
import { billTable } from '../../../bench/bill/table.ts';
import type { Usage } from '../../../bench/bill/usage.ts';

const NOTHING: Usage = {
  invocations: 0,
  gbSeconds: 0,
  s3Writes: 0,
  s3Reads: 0,
  s3Changes: 0,
  events: 0,
  messages: 0,
  logBytes: 0,
  longestSeconds: 0,
  peakMb: 0,
};
const used = (more: Partial<Usage>): Usage => ({ ...NOTHING, ...more });
const points = (small: Partial<Usage>, large: Partial<Usage>, sizes = [100, 1000]): Points => [
  { size: sizes[0] ?? 0, usage: used(small) },
  { size: sizes[1] ?? 0, usage: used(large) },
];
const IDLE = points({}, {});
const prices: Prices = JSON.parse(
  readFileSync(new URL('../../../bench/prices.json', import.meta.url), 'utf8'),
);
const measured = (more: Partial<Measured> = {}): Measured => ({
  measuredAt: '2026-11-20T02:00:00.000Z',
  architecture: 'arm64',
  memoryMb: { scan: 256, status: 256 },
  timeouts: { scan: 300, status: 120 },
  check: IDLE,
  sweep: IDLE,
  page: IDLE,
  renewal: points({}, {}, [1, 50]),
  firstAsk: NOTHING,
  ask: NOTHING,
  storedBytes: 0,
  standing: { metrics: 0, alarmMetrics: 0, dashboards: 0, queues: 0, looksAnHour: 0 },
  look: NOTHING,
  ...more,
});
const billOf = (more: Partial<Measured>, certificates = 1000) =>
  monthlyBill(measured(more), certificates, prices);

describe('usage at a size', () => {
  const line: Points = [
    ...points({ s3Reads: 10, peakMb: 70 }, { s3Reads: 100, peakMb: 60 }),
    { size: 2000, usage: used({ s3Reads: 400 }) },
  ];

  it.each([
    [100, 10],
    [550, 55],
    [1000, 100],
    [1500, 250],
    [10_000, 2800],
  ])('of %i is on the lines through what was measured: %i', (size, reads) => {
    expect(at(line, size).s3Reads).toBeCloseTo(reads);
  });

  it('is never less than nothing', () => {
    expect(at(line, 0).s3Reads).toBe(0);
    expect(each(10, used({ s3Reads: 5 }), used({ s3Reads: 25 })).s3Reads).toBe(0);
  });
});

describe('a month', () => {
  it('has 730 checks, and a sweep every 168 hours', () => {
    const check = points({ invocations: 1 }, { invocations: 1 });
    expect(billOf({ check }).lines['Lambda, requests']).toBeCloseTo(730 * 2e-7);
    expect(billOf({ sweep: check }).lines['Lambda, requests']).toBeCloseTo((730 / 168) * 2e-7);
  });

  it('renews each certificate every 60 days, in batches once more than one is due an hour', () => {
    const renewal = points({ s3Writes: 20 }, { s3Writes: 510 }, [1, 50]);
    const writes = (certificates: number) =>
      (billOf({ renewal }, certificates).lines['S3, writes and lists'] ?? 0) / 0.000005;
    expect(writes(10)).toBeCloseTo(((10 * 730) / 1440) * 20);
    // 69 are due an hour: batches of 50.
    expect(writes(100_000)).toBeCloseTo(((100_000 * 730) / 1440 / 50) * 510);
  });

  it('asks the CA about each certificate four times a day', () => {
    const bill = billOf({ ask: used({ gbSeconds: 0.01 }) });
    expect(bill.lines['Lambda, GB-seconds']).toBeCloseTo(1000 * (730 / 6) * 0.01 * 0.0000133334);
  });

  it('has alarms, metrics and looks into empty queues also without any certificate', () => {
    const standing = { metrics: 10, alarmMetrics: 20, dashboards: 1, queues: 6, looksAnHour: 0 };
    const bill = billOf({ standing }, 0);
    expect(bill.lines['CloudWatch, metrics, alarms, dashboard']).toBeCloseTo(3 + 2 + 3);
    expect(bill.lines['SQS, looks into empty queues']).toBeCloseTo(6 * 5 * 180 * 730 * 4e-7);
    expect(bill.standing).toBeCloseTo(8 + 1.5768);
  });

  it('has what functions use that look into their empty queues', () => {
    const standing = { metrics: 0, alarmMetrics: 0, dashboards: 0, queues: 0, looksAnHour: 90 };
    const look = used({ invocations: 1, gbSeconds: 0.02, logBytes: 400 });
    const bill = billOf({ standing, look }, 0);
    expect(bill.lines['SQS, looks into empty queues']).toBeCloseTo(90 * 730 * 4e-7);
    expect(bill.lines['Lambda, requests']).toBeCloseTo(90 * 730 * 2e-7);
    expect(bill.standing).toBeCloseTo(bill.total - (bill.lines['SNS, a mail a day'] ?? 0));
  });

  it('is the sum of its lines, and tells what slower functions would cost', () => {
    const check = points({ gbSeconds: 1, logBytes: 1e6 }, { gbSeconds: 2, logBytes: 2e6 });
    const { lines, total, totalIfSlower } = billOf({ check });
    expect(Object.values(lines).reduce((so, line) => so + line, 0)).toBeCloseTo(total);
    expect(totalIfSlower - total).toBeCloseTo(4 * 730 * 2 * 0.0000133334);
  });
});

describe('the table', () => {
  const check = points({ longestSeconds: 1, peakMb: 80 }, { longestSeconds: 10, peakMb: 100 });
  const usage = measured({ check });
  const table = billTable(
    [10, 1000, 100_000].map((certificates) => monthlyBill(usage, certificates, prices)),
    usage,
    prices,
  );

  it('marks what is extrapolated', () => {
    expect(table).toMatch(/│ 10 certificates +│ 1,000 certificates +│ 100,000 certificates \* +│/);
    expect(table).toContain(
      'Measured: hourly check, weekly sweep and status page of 100, 1,000 certificates',
    );
  });

  it('says where a function would not come through', () => {
    expect(table).toContain(
      '100,000 certificates are more than the functions can do as they are deployed: hourly check: 1000 s of 300 s; hourly check: 2300 MB of 256 MB.',
    );
  });
});

describe('the prices', () => {
  it('each say where they are from and when', () => {
    for (const price of Object.values(prices.prices))
      expect(price).toMatchObject({
        asOf: expect.stringMatching(/^(\d{4}-\d{2}|undated)$/),
        source: expect.stringMatching(/^https:\/\/aws\.amazon\.com\/[a-z0-9-]+\/pricing\/$/),
      });
  });
});
