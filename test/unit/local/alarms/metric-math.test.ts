import { describe, expect, it } from 'vitest';
import { evaluateMath, type Series } from '../../../../local/alarms/metric-math.ts';

const SERIES: Record<string, Series> = {
  a: [1, undefined, 3],
  b: [10, undefined, undefined],
  none: [undefined, undefined, undefined],
  m1: [1, 1, 0, 0, undefined],
  m2: [30, undefined, 0, 0, 30],
};
const math = (expression: string, fillsEmpty = false) =>
  evaluateMath(expression, { series: (id) => SERIES[id] ?? [], fillsEmpty });

describe('metric math', () => {
  it.each([
    ['a', [1, undefined, 3]],
    ['a + b', [11, undefined, 3]],
    ['a + none', [1, undefined, 3]],
    ['FILL(a, 0)', [1, 0, 3]],
    ['FILL(none, 7)', [undefined, undefined, undefined]],
    ['FILL(a, 0) + FILL(b, 0)', [11, 0, 3]],
    ['RUNNING_SUM(FILL(a, 1))', [1, 2, 5]],
    ['a > 1', [0, undefined, 1]],
    ['IF(a > 1, a)', [undefined, undefined, 3]],
    ['IF(a > 1, 9, b)', [10, undefined, 9]],
    // As in the table of "IF(metric1, metric2, metric3)", without the third.
    ['IF(m1, m2)', [30, 0, undefined, undefined, undefined]],
  ])('%s is %j', (expression, expected) => {
    expect(math(expression)).toEqual(expected);
  });

  it('fills what has no value at all only where that is assumed', () => {
    expect(math('FILL(none, 7)', true)).toEqual([7, 7, 7]);
  });

  it.each(['AVG(a)', 'a - b', 'a ? b', '7', 'FILL(a', 'a b', 'a + 1', 'FILL(7, 0)'])(
    'refuses %s, which no alarm uses',
    (expression) => {
      expect(() => math(expression)).toThrow('metric math');
    },
  );
});
