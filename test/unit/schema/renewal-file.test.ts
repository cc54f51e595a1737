import { globSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { KEY_TYPES } from '../../../lib/foundation/certificate/renewal-file.ts';
import { PROJECT } from '../../../tools/check/run-tool.ts';
import { keysOf, renewalFileSchema } from '../../../tools/schema/renewal-file.ts';
import { tableOfKeys } from '../../../tools/schema/table-of-keys.ts';
import { isValid, parsed, read, schema } from './judge.ts';

const page = read('docs/reference/renewal-file.md');

describe('tools/schema/renewal-file.json', () => {
  it('is what the parser and docs/reference/renewal-file.md give; npm run schema writes it anew', () => {
    expect(schema).toEqual(JSON.parse(JSON.stringify(renewalFileSchema(page))));
  });

  it('has a row on that page for each key, and none for another', () => {
    expect([...tableOfKeys(page).keys()].sort()).toEqual(
      keysOf(schema)
        .map(([key]) => key)
        .sort(),
    );
  });

  it('describes each key in plain words', () => {
    for (const [key, { description = '' }] of keysOf(schema)) {
      expect(description, key).toMatch(/^\S.{9,} \((required|default: .+)\)$/);
      expect(description, key).not.toMatch(/`|\]\(/);
    }
  });

  it('has the defaults and the choices that the page names', () => {
    const rows = tableOfKeys(page);
    const defaults = keysOf(schema).filter(([, part]) => part.default !== undefined);
    expect(defaults.map(([key]) => key)).toEqual(
      expect.arrayContaining(['key', 'hosts', 'caa', 'caa.mode', 'caa.restrict']),
    );
    for (const [key, { default: value }] of defaults) {
      const named = rows.get(key)?.default.replace(/^`(.*)`$/, '$1');
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      expect(named === 'none' ? '[]' : named?.replaceAll(' ', ''), key).toBe(text);
    }
    const choices = keysOf(schema).flatMap(([key, part]) => (part.enum ?? []).map((choice) => [key, choice]));
    expect(choices).toHaveLength(KEY_TYPES.length + 5);
    for (const [key, choice] of choices)
      expect(rows.get(String(key))?.meaning, `${key}`).toContain(`\`${choice}\``);
  });

  it('lets no unknown key pass anywhere', () => {
    const objects = [schema, schema.properties.caa, schema.properties.acm.items];
    expect(objects.map((part) => part.additionalProperties)).toEqual([false, false, false]);
  });
});

describe('a file that the documents show', () => {
  const documents = globSync(['*.md', 'docs/**/*.md', 'examples/**/*.md'], { cwd: PROJECT });
  const shown = documents.flatMap((file) =>
    [...read(file).matchAll(/\{ "names": .*\}(?=['`\n])/g)].map(([text]) => [file, text] as const),
  );

  it('is there', () => {
    expect(shown.length).toBeGreaterThanOrEqual(3);
  });

  it.each(shown)('in %s is valid: %s', (_, text) => {
    expect(isValid(JSON.parse(text)), JSON.stringify(isValid.errors)).toBe(true);
  });
});

const names = ['example.com'];

it.each<[string, object]>([
  ['an editor finds its schema by', { $schema: '../schema/renewal-file.json' }],
  ['names one CA', { ca: 'https://acme.example/directory' }],
  ['lists CAs', { ca: ['https://a.test/d', 'https://b.test/d'] }],
  ['names a profile in capitals', { profile: 'Classic' }],
  ['proves by a standing record', { challenge: 'dns-persist-01', caa: { mode: 'off' } }],
])('a file that %s is taken by schema and parser', (_, more) => {
  expect([isValid({ names, ...more }), parsed({ names, ...more })]).toEqual([true, 'taken']);
});

it.each<[string, unknown]>([
  ['is a list', ['example.com']],
  ['has no names', {}],
  ['lists no name', { names: [] }],
  ['lists an address', { names: ['192.0.2.7'] }],
  ['has a wildcard inside', { names: ['a.*.example.com'] }],
  ['has capitals', { names: ['Example.com'] }],
  ['has a name of 254 characters', { names: [`${'a.'.repeat(121)}example.com0`] }],
  ['lists a name twice', { names: ['example.com', 'example.com'] }],
  ['lists 101 names', { names: Array.from({ length: 101 }, (_, index) => `h${index}.example.com`) }],
  ['misspells a key', { names, host: ['web'] }],
  ['misspells a key of caa', { names, caa: { modes: 'off' } }],
  ['misspells $schema', { names, $scheme: 'x' }],
  ['has a $schema that is no text', { names, $schema: 1 }],
  ['asks for an unknown key type', { names, key: 'dsa' }],
  ['asks for a CA without TLS', { names, ca: 'http://acme.example' }],
  ['lists a CA twice', { names, ca: ['https://a.test/d', 'https://a.test/d'] }],
  ['lists no CA', { names, ca: [] }],
  ['has days in words', { names, renewBeforeDays: '30' }],
  ['asks for renewal after expiry', { names, renewBeforeDays: 0 }],
  ['lists a region twice', { names, acm: [{ region: 'us-east-1' }, { region: 'us-east-1' }] }],
  ['asks for a region that there is not', { names, acm: [{ region: 'moon-1' }] }],
])('a file that %s is refused by schema and parser', (_, file) => {
  expect([isValid(file), parsed(file)]).toEqual([false, 'refused']);
});
