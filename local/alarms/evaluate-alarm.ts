/** An alarm's own settings, as in the template, of those that watch one metric. */
export interface AlarmSettings {
  MetricName: string;
  Namespace: string;
  Dimensions: { Name: string; Value: string }[];
  Statistic: 'Sum' | 'Maximum' | 'Minimum';
  Period: number;
  ComparisonOperator: 'LessThanThreshold' | 'GreaterThanThreshold' | 'GreaterThanOrEqualToThreshold';
  Threshold: number;
  EvaluationPeriods: number;
  TreatMissingData: 'breaching' | 'notBreaching' | 'ignore';
}

/** Values by the start of the period that they fall in, in seconds since 1970. */
export type Datapoints = ReadonlyMap<number, readonly number[]>;
export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

/**
 * The state of an alarm after a period (CloudWatch user guide, "Evaluating an alarm"), where every period of the evaluation
 * has to be breaching. Of what CloudWatch looks back for beyond the range, nothing is imitated.
 */
export function evaluateAlarm(
  alarm: AlarmSettings,
  { points, at, before }: { points: Datapoints; at: number; before: AlarmState },
): AlarmState {
  const last = Math.floor(at / alarm.Period) * alarm.Period;
  const range = Array.from({ length: alarm.EvaluationPeriods }, (_, index) =>
    points.get(last - index * alarm.Period),
  );
  const present = range.flatMap((values) => (values ? [isBreaching(alarm, values)] : []));
  if (present.length < range.length && alarm.TreatMissingData === 'ignore') return before;
  if (present.length === 0 && alarm.TreatMissingData === 'notBreaching') return 'OK';
  const missing = Array.from(
    { length: range.length - present.length },
    () => alarm.TreatMissingData === 'breaching',
  );
  return [...present, ...missing].every(Boolean) ? 'ALARM' : 'OK';
}

function isBreaching(
  { Statistic, ComparisonOperator, Threshold }: AlarmSettings,
  values: readonly number[],
): boolean {
  const value = {
    Sum: values.reduce((sum, one) => sum + one, 0),
    Maximum: Math.max(...values),
    Minimum: Math.min(...values),
  }[Statistic];
  switch (ComparisonOperator) {
    case 'LessThanThreshold':
      return value < Threshold;
    case 'GreaterThanThreshold':
      return value > Threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= Threshold;
  }
}
