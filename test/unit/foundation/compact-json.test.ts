import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRenewalFile } from '../../../lib/foundation/certificate/renewal-file.ts';
import { compactJson, isCompact } from '../../../lib/foundation/common/compact-json.ts';
import { findRepeatedKey } from '../../../lib/foundation/common/explain-json.ts';
import { tokensOf } from '../../../lib/foundation/common/json-tokens.ts';
import { stackOf } from '../../fakes/stack.ts';

/** Deeper than `JSON.stringify` goes, and not than `JSON.parse` does. */
const DEEP = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

describe('a compact JSON text', () => {
  it('is what JSON.stringify writes, and has no key twice', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(isCompact(text, JSON.parse(text))).toBe(true);
        expect(findRepeatedKey(text)).toBeUndefined();
      }),
    );
  });

  it.each([
    ['a key twice', '{"names":["a.com"],"names":["b.com"]}'],
    ['a key twice, of one length with the shorter value', '{"a":1e3,"a":1000,"b":1000}'],
    ['a key spelt in two ways', '{"a":1,"\\u0061":2}'],
    ['white space', '{"a": 1}'],
    ['too many levels', DEEP],
  ])('has not %s', (_, text) => {
    expect(isCompact(text, JSON.parse(text))).toBe(false);
  });
});

it('refuses a renewal file with a key twice also where it has no white space', () => {
  const text = '{"names":["example.com"],"names":["example.org"]}';
  expect(() => parseRenewalFile(text, 'shop', stackOf())).toThrow('shop.json: has "names" twice');
});

it('takes white space out of a text, and nothing else', () => {
  const byTokens = (text: string) => tokensOf(text).map((token) => token.text);
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom('', '\n', '\n\n'), (value, end) => {
      const text = `${JSON.stringify(value, null, 2)}${end}`;
      expect(compactJson(text)).toBe(byTokens(text).join(''));
    }),
  );
  expect(compactJson('{\n  "a": 1,\n  "a": 2\n}\n')).toBe('{"a":1,"a":2}');
  expect(compactJson('{\n  "a": 1.0\n}\n')).toBe('{"a":1.0}');
  expect(compactJson(` ${DEEP}`)).toBe(DEEP);
});
