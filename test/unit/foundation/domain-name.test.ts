import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  challengeName,
  covers,
  identifierOf,
  isAtOrBelow,
  selfAndAncestors,
} from '../../../lib/foundation/certificate/domain-name.ts';

describe('a wildcard', () => {
  it('is proved at its base (RFC 8555, 7.1.3)', () => {
    expect(identifierOf('*.example.com')).toBe('example.com');
    expect(challengeName('*.example.com')).toBe(challengeName('example.com'));
    expect(challengeName('www.example.org')).toBe('_acme-challenge.www.example.org');
  });

  it.each([
    ['*.example.com', 'www.example.com', true],
    ['*.example.com', 'example.com', false],
    ['*.example.com', 'a.b.example.com', false],
    ['*.example.com', '*.example.com', true],
    ['*.com', '*.example.com', false],
    ['example.com', 'example.com', true],
    ['example.com', 'www.example.com', false],
  ])('%s covers %s: %s (RFC 6125, 6.4.3)', (pattern, name, expected) => {
    expect(covers(pattern, name)).toBe(expected);
  });
});

describe('names in a tree', () => {
  it('are climbed label by label (RFC 8659, 3)', () => {
    expect(selfAndAncestors('x.y.z')).toEqual(['x.y.z', 'y.z', 'z']);
  });

  it.each([
    ['example.com', 'example.com', true],
    ['www.example.com', 'example.com', true],
    ['badexample.com', 'example.com', false],
    ['com', 'example.com', false],
  ])('%s is at or below %s: %s', (name, ancestor, expected) => {
    expect(isAtOrBelow(name, ancestor)).toBe(expected);
  });

  it('are below each of their ancestors and no sibling', () => {
    fc.assert(
      fc.property(fc.domain(), (name) => {
        for (const ancestor of selfAndAncestors(name)) {
          expect(isAtOrBelow(name, ancestor)).toBe(true);
          expect(isAtOrBelow(name, `x${ancestor}`)).toBe(false);
        }
      }),
    );
  });
});
