import { DAY } from '../../../foundation/common/durations.ts';
import type { Measured, MetricName } from './measure.ts';

/** What alarms watch of a check, and when it is wrong: the thresholds of resources/alarms.yml. */
export const IS_WRONG = {
  LifeLeft: (percent) => percent < 16.6,
  CertificatesFailing: (count) => count >= 1,
  CertificatesOverdue: (count) => count >= 1,
  HostsOutOfDate: (count) => count >= 1,
  SweepAge: (days) => days > 8,
} as const satisfies Partial<Record<MetricName, (value: number) => boolean>>;
type Watched = keyof typeof IS_WRONG;

/** A point that is well ends an alarm; there is one at least where a check comes once a day. */
const PUBLISHED_AFTER = 3 * DAY;

const isWatched = (name: MetricName): name is Watched => Object.hasOwn(IS_WRONG, name);

/** When each watched metric was last wrong, and of a metric that is measured for the first time now. */
export function watch(
  wrong: Readonly<Record<string, string>> = {},
  measured: readonly Measured[],
  now: Date,
): Record<string, string> {
  const seen = measured.filter(
    ({ name, value }) => isWatched(name) && (IS_WRONG[name](value) || wrong[name] === undefined),
  );
  return { ...wrong, ...Object.fromEntries(seen.map(({ name }) => [name, now.toISOString()])) };
}

/**
 * What is published of it. AWS bills a metric for each hour in which it is published, so one that is watched is published while
 * it is wrong, and for three days after, which ends its alarm. Those that nothing watches are for the dashboard.
 */
export function chooseMetrics(
  measured: readonly Measured[],
  wrong: Readonly<Record<string, string>> = {},
  now: Date,
): Measured[] {
  return measured.filter(
    ({ name }) => isWatched(name) && Date.parse(wrong[name] ?? '') > now.getTime() - PUBLISHED_AFTER,
  );
}
