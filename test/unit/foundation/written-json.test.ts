import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseRenewalFile } from '../../../lib/foundation/certificate/renewal-file.ts';
import { findRepeatedKey } from '../../../lib/foundation/common/explain-json.ts';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { stackOf } from '../../fakes/stack.ts';

const parse = (text: string) => parseRenewalFile(text, 'shop', stackOf());
const GOOD = '{\n  "names": ["example.com"]\n}\n';
const utf16 = (text: string, bom: boolean) => {
  const bytes = Buffer.from(`${bom ? '\ufeff' : ''}${text}`, 'utf16le');
  return { little: bytes.toString('utf8'), big: Buffer.from(bytes).swap16().toString('utf8') };
};

describe('a renewal file is taken', () => {
  it.each([
    ['with a byte order mark', `\ufeff${GOOD}`],
    ['with the line ends of Windows', GOOD.replaceAll('\n', '\r\n')],
    ['with the line ends of old Macs', GOOD.replaceAll('\n', '\r')],
    ['with tabs', GOOD.replaceAll('  ', '\t')],
    ['with // in a text', '{"$schema": "https://example.com/schema.json#x", "names": ["example.com"]}'],
    ['with a comma and a bracket in a text', '{"$schema": "a,]}//", "names": ["example.com"]}'],
    [
      'with the same key in two objects',
      '{"names": ["example.com"], "acm": [{"region": "us-east-1"}, {"region": "eu-west-1"}]}',
    ],
  ])('%s', (_, text) => {
    expect(parse(text).names).toEqual(['example.com']);
  });
});

describe('a renewal file is refused with what it is, and where', () => {
  it.each([
    ['empty', ' \n', 'is not JSON: the file is empty'],
    ['UTF-16 of Windows', utf16(GOOD, true).little, 'is UTF-16, not UTF-8; save the file as UTF-8'],
    ['UTF-16, big-endian', utf16(GOOD, true).big, 'is UTF-16'],
    ['UTF-16 without a mark', utf16(GOOD, false).little, 'is UTF-16'],
    ['UTF-16, big-endian, without a mark', utf16(GOOD, false).big, 'is UTF-16'],
    [
      'Latin-1',
      Buffer.from('{"names": ["b\xfccher.example.com"]}', 'latin1').toString('utf8'),
      'is not UTF-8 at line 1, column 14',
    ],
    ['with a NUL', `${GOOD}\0`, 'holds a NUL character at line 4, column 1'],
    [
      'with // comments',
      '{\r\n  "names": ["example.com"] // mine\r\n}',
      'it has a comment at line 2, column 28',
    ],
    ['with /* */ comments', '/* mine */\n{"names": ["example.com"]}', 'it has a comment at line 1, column 1'],
    ['with # comments', '{\n# mine\n"names": ["example.com"]}', 'it has a comment at line 2, column 1'],
    [
      'with a comma after the last name',
      '{"names": [\n  "example.com",\n]}',
      'it has a comma before "]" at line 2, column 16',
    ],
    [
      'with a comma after the last key',
      '{"names": ["example.com"],}',
      'it has a comma before "}" at line 1, column 26',
    ],
    [
      'with two commas',
      '{"names": ["a.example.com",,"example.com"]}',
      'it has two commas at line 1, column 27',
    ],
    ['with single quotes', "{'names': ['example.com']}", 'it has a single quote at line 1, column 2'],
    [
      'with curly quotes',
      '{\u201cnames\u201d: ["example.com"]}',
      'the character U+201C outside of a text at line 1, column 2',
    ],
    [
      'with no-break spaces',
      '{\n\u00a0\u00a0"names": ["example.com"]}',
      'the character U+00A0 outside of a text at line 2, column 1',
    ],
    [
      'with a key without quotes',
      '{names: ["example.com"]}',
      'it has "names", which is no number and stands without quotes',
    ],
    ['with True', '{"names": ["example.com"], "probe": True}', 'it has "True"'],
    ['as YAML', 'names:\n  - example.com\n', 'it has "names"'],
    [
      'with a text over two lines',
      '{"names": ["example\n.com"]}',
      'a text that does not end on its line at line 1, column 12',
    ],
    ['cut off', '{"names": ["example.com"', 'is not JSON'],
    ['with a brace too many', `${GOOD}}`, 'is not JSON'],
  ])('%s', (_, text, complaint) => {
    expect(() => parse(text)).toThrow(complaint);
    expect(() => parse(text)).toThrow(/^renewal\/shop\.json: [\x20-\x7e]+$/);
  });

  it.each([
    [
      'at the top',
      '{"names": ["example.com"],\n"names": ["example.org"]}',
      'shop.json: has "names" twice, again at line 2, column 1',
    ],
    ['spelt in two ways', '{"names": ["example.com"], "n\\u0061mes": []}', 'has "names" twice'],
    [
      'inside',
      '{"names": ["example.com"], "caa": {"mode": "off", "mode": "manage"}}',
      'caa: has "mode" twice',
    ],
    [
      'in a list',
      '{"names": ["example.com"], "acm": [{"region": "us-east-1"}, {"region": "a", "region": "b"}]}',
      'acm[1]: has "region" twice',
    ],
    [
      'of a kind that no object has',
      '{"names": ["example.com"], "__proto__": 1, "__proto__": 2}',
      'has "__proto__" twice',
    ],
  ])('with a key twice %s', (_, text, complaint) => {
    expect(() => parse(text)).toThrow(complaint);
  });

  it('whatever stands where in it', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      "'",
      '"names"',
      '\\',
      '//',
      '/*',
      '#',
      '\0',
      '\ufeff',
      '\ufffd',
      'a',
      '1',
      '\n',
      '\r',
      '\u2028',
      '😀',
    );
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 20 }).map((pieces) => pieces.join('')),
        (text) => {
          try {
            parse(text);
          } catch (error) {
            expect(error).toBeInstanceOf(InputError);
            expect((error as Error).message).toMatch(/^renewal\/shop\.json: [\x20-\x7e]+$/);
          }
        },
      ),
      { numRuns: 3000 },
    );
  });
});

/** A text of JSON, and whether an object in it has a key twice. */
interface Built {
  text: string;
  twice: boolean;
}

it('finds a key that stands twice wherever one does', () => {
  const key = fc.constantFrom('a', 'b', 'c', '', '{', ',', ':', '"', '\\"', '__proto__');
  const plain = fc
    .constantFrom('1', 'true', '"a"', '":,{"', '"\\"a\\" : 1"', '[]')
    .map((text) => ({ text, twice: false }));
  const tree = fc.letrec<{ value: Built; object: Built; list: Built }>((tie) => ({
    value: fc.oneof({ maxDepth: 3 }, plain, tie('object'), tie('list')),
    list: fc.array(tie('value'), { maxLength: 3 }).map((items) => ({
      text: `[${items.map(({ text }) => text).join(' , ')}]`,
      twice: items.some(({ twice }) => twice),
    })),
    object: fc.array(fc.tuple(key, tie('value')), { maxLength: 3 }).map((pairs) => ({
      text: `{${pairs.map(([name, { text }]) => `${JSON.stringify(name)} : ${text}`).join(',')}}`,
      twice: new Set(pairs.map(([name]) => name)).size < pairs.length || pairs.some(([, { twice }]) => twice),
    })),
  }));
  const verdicts = { twice: 0, once: 0 };
  fc.assert(
    fc.property(tree.object, ({ text, twice }) => {
      JSON.parse(text);
      verdicts[twice ? 'twice' : 'once'] += 1;
      expect(findRepeatedKey(text) !== undefined, text).toBe(twice);
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(verdicts.twice, verdicts.once)).toBeGreaterThan(100);
});
