import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { chooseMetrics, IS_WRONG, watch } from '../../../../lib/reporting/notices/rules/choose-metrics.ts';
import type { Measured } from '../../../../lib/reporting/notices/rules/measure.ts';
import { DAY, HOUR, later, NOW } from './facts.ts';

const one = (name: Measured['name'], value: number): Measured => ({ name, value });
const WELL = [one('LifeLeft', 40), one('CertificatesFailing', 0), one('HostsOutOfDate', 0)];
const names = (measured: readonly Measured[]) => measured.map(({ name }) => name);

/** What hourly checks publish of one value each, from a memory without any. */
function published(values: readonly number[], name: Measured['name'] = 'CertificatesFailing'): number[] {
  let wrong: Record<string, string> | undefined;
  return values.flatMap((value, hour) => {
    const now = later(hour * HOUR);
    wrong = watch(wrong, [one(name, value)], now);
    return chooseMetrics([one(name, value)], wrong, now).length > 0 ? hour : [];
  });
}
const hours = (from: number, until: number) => Array.from({ length: until - from }, (_, i) => from + i);

describe('what is published of what a check measures', () => {
  it('is all that alarms watch in the first days, so that new ones become OK', () => {
    expect(published(Array(90).fill(0))).toEqual(hours(0, 72));
  });

  it('is what is wrong, and for three days after, which ends its alarm', () => {
    const values = [...Array(80).fill(0), ...Array(5).fill(2), ...Array(90).fill(0)];
    expect(published(values)).toEqual([...hours(0, 72), ...hours(80, 85 + 71)]);
  });

  it('is only what is wrong, and nothing that no alarm watches', () => {
    const measured = [
      ...WELL.slice(0, 2),
      one('HostsOutOfDate', 3),
      one('Heartbeat', 1),
      one('CheckDuration', 2),
    ];
    const before = {
      LifeLeft: later(-4 * DAY),
      CertificatesFailing: later(-4 * DAY),
      HostsOutOfDate: later(-4 * DAY),
    };
    const known = Object.fromEntries(Object.entries(before).map(([name, at]) => [name, at.toISOString()]));
    const wrong = watch(known, measured, NOW);
    expect(wrong).toEqual({ ...known, HostsOutOfDate: NOW.toISOString() });
    expect(names(chooseMetrics(measured, wrong, NOW))).toEqual(['HostsOutOfDate']);
  });

  it('is wrong where its alarm says so', () => {
    const alarms = readFileSync(join(import.meta.dirname, '../../../../resources/alarms.yml'), 'utf8');
    const thresholds = [
      ...alarms.matchAll(
        /Namespace: Perennial\n +MetricName: (\w+)\n(?:.*\n){3} +ComparisonOperator: (\w+)\n +Threshold: ([\d.]+)/g,
      ),
    ];
    expect(thresholds.map(([, name]) => name).sort()).toEqual(Object.keys(IS_WRONG).sort());
    for (const [, name = '', operator, threshold] of thresholds) {
      const isWrong = IS_WRONG[name as keyof typeof IS_WRONG];
      const [under, at, over] = [-0.1, 0, 0.1].map((more) => isWrong(Number(threshold) + more));
      expect([under, at, over], name).toEqual([
        operator === 'LessThanThreshold',
        operator === 'GreaterThanOrEqualToThreshold',
        operator !== 'LessThanThreshold',
      ]);
    }
  });
});
