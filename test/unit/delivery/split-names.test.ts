import { describe, expect, it } from 'vitest';
import { splitNames } from '../../../lib/delivery/deployment/rules/split-names.ts';

describe('the names of a command', () => {
  it.each([
    [[], []],
    [['a', 'b'], [2]],
    [Array.from({ length: 121 }, (_, index) => `n${index}`), [60, 60, 1]],
    [Array.from({ length: 31 }, () => 'x'.repeat(128)), [31]],
    [
      [...Array.from({ length: 31 }, () => 'x'.repeat(128)), 'yy'],
      [31, 1],
    ],
    [['x'.repeat(2000), 'y'.repeat(1999)], [2]],
    [
      ['x'.repeat(2000), 'y'.repeat(2000)],
      [1, 1],
    ],
  ])('fit its parameter of 4,000 characters, and their results its output', (names, sizes) => {
    const parts = splitNames(names);
    expect(parts.map((part) => part.length)).toEqual(sizes);
    expect(parts.flat()).toEqual(names);
    for (const part of parts) expect(part.join(' ').length).toBeLessThanOrEqual(4000);
  });
});
