import { expect, it } from 'vitest';
import { countDown } from './count-down.ts';

let runs = 0;
it('passes once', () => {
  runs += 1;
  expect(countDown(1) >= 0 && runs).toBe(1);
});
it('counts down', () => expect(countDown(4)).toBe(4));
