import { describe, expect, it } from 'vitest';
import { type AlarmSettings, type AlarmState, stateOf } from '../../../../local/alarms/evaluate-alarm.ts';

const TREATMENTS = ['missing', 'ignore', 'breaching', 'notBreaching'] as const;
const alarm = (DatapointsToAlarm: number, TreatMissingData: AlarmSettings['TreatMissingData']) => ({
  ComparisonOperator: 'GreaterThanThreshold' as const,
  Threshold: 0,
  EvaluationPeriods: 3,
  DatapointsToAlarm,
  ...(TreatMissingData && { TreatMissingData }),
});
const rangeOf = (points: string) =>
  points.split(' ').map((point) => (point === '-' ? undefined : point === 'X'));
const [OK, ALARM, NONE, KEPT] = ['OK', 'ALARM', 'INSUFFICIENT_DATA', 'as before'];

/** The two tables of "How alarm state is evaluated when data is missing", and the text below them. */
describe('the state of an alarm is that of the tables in CloudWatch’s user guide', () => {
  it.each([
    [3, '0 - X - X', [OK, OK, OK, OK]],
    [3, '0 - - - -', [OK, OK, OK, OK]],
    [3, '- - - - -', [NONE, KEPT, ALARM, OK]],
    [3, '0 X X - X', [ALARM, ALARM, ALARM, ALARM]],
    [3, '- - X - -', [ALARM, KEPT, ALARM, OK]],
    [3, '- - - - X', [NONE, KEPT, ALARM, OK]],
    [3, '- - - X -', [NONE, KEPT, ALARM, OK]],
    [2, '0 - X - X', [ALARM, ALARM, ALARM, ALARM]],
    [2, '0 0 X 0 X', [ALARM, ALARM, ALARM, ALARM]],
    [2, '0 - X - -', [OK, OK, ALARM, OK]],
    [2, '- - - - 0', [OK, OK, ALARM, OK]],
    [2, '- - - X -', [ALARM, KEPT, ALARM, OK]],
  ])('%i of 3 for %s: %j', (toAlarm, points, expected) => {
    const states = TREATMENTS.map((treatment) => {
      const from = (before: AlarmState) => stateOf(alarm(toAlarm, treatment), rangeOf(points), before);
      const [ok, alarmed] = [from('OK'), from('ALARM')];
      return ok === alarmed ? ok : KEPT;
    });
    expect(states).toEqual(expected);
  });

  it('treats missing data as missing where an alarm does not say how', () => {
    expect(stateOf(alarm(3, undefined), rangeOf('- - - - -'), 'OK')).toBe(NONE);
  });
});
