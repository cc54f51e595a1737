import { evaluateMath, type Series } from './metric-math.ts';

/** A metric of an alarm's expression, or the expression, as in the template. */
export interface MetricQuery {
  Id: string;
  Expression?: string;
  MetricStat?: { Stat: Statistic; Period: number };
}

type Statistic = 'Sum' | 'Maximum' | 'Minimum';

/** An alarm's own settings, as in the template: of one metric, or of metrics and an expression. */
export interface AlarmSettings {
  MetricName?: string;
  Statistic?: Statistic;
  Period?: number;
  Metrics?: MetricQuery[];
  ComparisonOperator: 'LessThanThreshold' | 'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold';
  Threshold: number;
  EvaluationPeriods: number;
  DatapointsToAlarm?: number;
  TreatMissingData?: 'breaching' | 'notBreaching' | 'ignore' | 'missing';
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/** A published value; seconds since 1970. */
export interface Sample {
  at: number;
  value: number;
  /** When CloudWatch has it; at once without it. */
  arrives?: number;
}

/** What AWS's documentation leaves open; docs/decisions/0027. */
export interface Assumed {
  /** How many periods are retrieved beyond the evaluation periods. */
  beyond: number;
  /** See MathContext. */
  fillsEmpty: boolean;
}

export interface Evaluation {
  /** Those of a metric, by its name or by its id in the expression. */
  samples(metric: string): readonly Sample[];
  /** Seconds since 1970. */
  at: number;
  before: AlarmState;
}

/** The example of CloudWatch's user guide retrieves five points for three periods. */
export const AS_DOCUMENTED: Assumed = { beyond: 2, fillsEmpty: false };

/** The state of an alarm at an instant; a sliding window, which ends then ("Alarm evaluation window"). */
export function evaluateAlarm(
  alarm: AlarmSettings,
  { samples, at, before }: Evaluation,
  { beyond, fillsEmpty }: Assumed = AS_DOCUMENTED,
): AlarmState {
  const retrieved = alarm.EvaluationPeriods + beyond;
  const seriesOf = (metric: string, period = 0, statistic?: Statistic) =>
    aggregate(samples(metric), { at, period, retrieved, statistic });
  const queries = new Map(alarm.Metrics?.map((query) => [query.Id, query.MetricStat]));
  const expression = alarm.Metrics?.find(({ Expression }) => Expression)?.Expression;
  const values =
    expression === undefined
      ? seriesOf(alarm.MetricName ?? '', alarm.Period, alarm.Statistic)
      : evaluateMath(expression, {
          fillsEmpty,
          series: (id) => seriesOf(id, queries.get(id)?.Period, queries.get(id)?.Stat),
        });
  return stateOf(
    alarm,
    values.map((value) => (value === undefined ? undefined : isBreaching(alarm, value))),
    before,
  );
}

/**
 * The state for the points of the evaluation range, the oldest first, true where one is breaching (CloudWatch user guide,
 * "Configuring how CloudWatch alarms treat missing data").
 */
export function stateOf(
  { EvaluationPeriods, DatapointsToAlarm = EvaluationPeriods, TreatMissingData = 'missing' }: AlarmSettings,
  range: readonly (boolean | undefined)[],
  before: AlarmState,
): AlarmState {
  const present = range.filter((point) => point !== undefined);
  const recent = present.slice(-EvaluationPeriods);
  const missing = EvaluationPeriods - recent.length;
  const breaching = recent.filter(Boolean).length + (TreatMissingData === 'breaching' ? missing : 0);
  if (breaching >= DatapointsToAlarm) return 'ALARM';
  const isDecided = missing === 0 || TreatMissingData === 'breaching' || TreatMissingData === 'notBreaching';
  if (isDecided || recent.includes(false)) return 'OK';
  if (TreatMissingData === 'ignore') return before;
  // "Avoiding premature transitions": a lone breaching point counts once it is old enough.
  const age = range.length - range.indexOf(true);
  return recent.length > 0 && age >= DatapointsToAlarm ? 'ALARM' : 'INSUFFICIENT_DATA';
}

interface Aggregation {
  at: number;
  period: number;
  retrieved: number;
  statistic: Statistic | undefined;
}

function aggregate(
  samples: readonly Sample[],
  { at, period, retrieved, statistic = 'Sum' }: Aggregation,
): Series {
  const from = at - retrieved * period;
  const windows = Array.from({ length: retrieved }, (): number[] => []);
  for (const one of samples)
    if (one.at > from && one.at <= at && (one.arrives ?? one.at) <= at)
      windows[Math.ceil((one.at - from) / period) - 1]?.push(one.value);
  return windows.map((values) => {
    if (values.length === 0) return undefined;
    if (statistic === 'Sum') return values.reduce((sum, value) => sum + value, 0);
    return statistic === 'Maximum' ? Math.max(...values) : Math.min(...values);
  });
}

function isBreaching({ ComparisonOperator, Threshold }: AlarmSettings, value: number): boolean {
  switch (ComparisonOperator) {
    case 'LessThanThreshold':
      return value < Threshold;
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
  }
}
