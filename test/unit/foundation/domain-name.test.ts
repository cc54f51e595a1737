import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  challengeName,
  complaintAboutName,
  covers,
  identifierOf,
  isAtOrBelow,
  selfAndAncestors,
} from '../../../lib/foundation/certificate/domain-name.ts';

describe('a name', () => {
  it.each([
    'example.com',
    '*.example.com',
    'a.b.c.d.example.com',
    'xn--bcher-kva.example',
    '1.example.com',
    'a--b.example.com',
    `${'a'.repeat(63)}.example.com`,
    `${`${'a'.repeat(49)}.`.repeat(5)}com`,
  ])('may be %s', (name) => {
    expect(complaintAboutName(name)).toBeUndefined();
  });

  it.each([
    ['', 'is empty'],
    ['com', 'single label'],
    ['*.com', 'single label'],
    ['*', 'wildcard'],
    ['*example.com', 'wildcard'],
    ['example.*', 'wildcard'],
    ['example.com.', 'ends with a dot'],
    ['.example.com', 'is not a DNS name'],
    ['example..com', 'is not a DNS name'],
    ['-a.example.com', 'is not a DNS name'],
    ['a-.example.com', 'is not a DNS name'],
    [`${'a'.repeat(64)}.example.com`, 'is not a DNS name'],
    [`${'a.'.repeat(125)}a.com`, 'has 255 characters'],
    ['Example.com', 'upper case'],
    ['bücher.example', 'not plain ASCII'],
    ['exam ple.com', 'not plain ASCII'],
    ['example.com\n', 'not plain ASCII'],
    ['192.0.2.1', 'IP address'],
    ['*.192.0.2.1', 'is not a DNS name'],
    ['::1', 'IP address'],
    ['[::1]', 'single label'],
    ['user@example.com', 'is not a DNS name'],
  ])('may not be %j', (name, complaint) => {
    expect(complaintAboutName(name)).toContain(complaint);
  });
});

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
