import { expect, it } from 'vitest';
import { compareTexts } from '../../../lib/foundation/common/compare-texts.ts';

it.each([
  ['a', 'b', -1],
  ['b', 'a', 1],
  ['a', 'a', 0],
  ['B', 'a', -1],
  ['a', 'ab', -1],
  ['', '', 0],
])('orders "%s" and "%s" by code units', (a, b, expected) => {
  expect(compareTexts(a, b)).toBe(expected);
});
