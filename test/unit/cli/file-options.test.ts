import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { fileOf } from '../../../cli/commands/add.ts';
import { changeFile, isChangeGiven } from '../../../cli/renewal-file/change-file.ts';
import { addFileOptions, FILE_OPTIONS, flagOf } from '../../../cli/renewal-file/file-options.ts';
import { parseRenewalFile } from '../../../lib/foundation/certificate/renewal-file.ts';
import { keysOf, type Part } from '../../../tools/schema/renewal-file.ts';
import { hostGroup, stackOf, zoneRole } from '../../fakes/stack.ts';
import { schema } from '../schema/judge.ts';

/** What commander makes of the words of a line. */
const optionsOf = (...words: string[]) =>
  addFileOptions(new Command().exitOverride()).parse(words, { from: 'user' }).opts<Record<string, unknown>>();

const EVERY_KEY = [
  ...['--names', 'example.com, *.example.com', '--hosts', 'web', '--server-names', 'www.example.com'],
  ...['--key', 'rsa-2048', '--profile', 'classic', '--ca', 'https://a.test/d,https://b.test/d'],
  ...['--zone-role', 'dns', '--preferred-chain', 'ISRG Root X1', '--challenge', 'dns-01', '--no-reuse-key'],
  ...['--renew-before-days', '20.5', '--acm', 'us-east-1,eu-west-3', '--probe', '--caa-mode', 'manage'],
  ...['--caa-restrict', '--caa-also-allow', 'ca.test', '--caa-iodef', 'mailto:you@example.com'],
  ...['--schema', '../schema.json'],
];
const WHOLE = {
  names: ['example.com', '*.example.com'],
  hosts: ['web'],
  key: 'rsa-2048',
  serverNames: ['www.example.com'],
  profile: 'classic',
  ca: ['https://a.test/d', 'https://b.test/d'],
  zoneRole: 'dns',
  preferredChain: 'ISRG Root X1',
  challenge: 'dns-01',
  reuseKey: false,
  renewBeforeDays: 20.5,
  acm: [{ region: 'us-east-1' }, { region: 'eu-west-3' }],
  probe: true,
  caa: { mode: 'manage', restrict: true, alsoAllow: ['ca.test'], iodef: 'mailto:you@example.com' },
  $schema: '../schema.json',
};

describe('the options of a renewal file', () => {
  it('are one for each key that a file may have', () => {
    const keys = keysOf(schema as Part).map(([key]) => key);
    const leaves = keys.filter((key) => key !== 'caa' && !key.includes('[]'));
    expect(FILE_OPTIONS.map(({ key }) => key).sort()).toEqual(leaves.sort());
  });

  it('write every key as the parser takes it', () => {
    const file = fileOf(optionsOf(...EVERY_KEY));
    expect(file).toEqual(WHOLE);
    const stack = stackOf({ hostGroups: [hostGroup('web')], zoneRoles: [zoneRole('dns')] });
    expect(() => parseRenewalFile(JSON.stringify(file), 'shop', stack)).not.toThrow();
  });

  it.each([
    ['serverNames', '--server-names'],
    ['caa.alsoAllow', '--caa-also-allow'],
    ['$schema', '--schema'],
  ])('%s is %s', (key, flag) => expect(flagOf(key)).toBe(flag));

  it('leave what is no number to the parser, which says so', () => {
    const file = JSON.stringify(fileOf(optionsOf('--names', 'example.com', '--renew-before-days', 'soon')));
    expect(() => parseRenewalFile(file, 'shop', stackOf())).toThrow(
      'renewBeforeDays: must be of type number',
    );
  });
});

describe('a renewal file that is edited', () => {
  const stored = {
    $schema: 'x',
    names: ['a.example.com', 'b.example.com'],
    hosts: ['web'],
    profile: 'classic',
  };
  const change = (given: Record<string, unknown>, file: unknown = stored) =>
    changeFile(typeof file === 'string' ? file : JSON.stringify(file), given, 'renewal/shop.json');

  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ['nothing else', optionsOf('--key', 'rsa-2048'), { ...stored, key: 'rsa-2048' }],
    ['a name more', { addNames: 'c.example.com' }, { ...stored, names: [...stored.names, 'c.example.com'] }],
    ['no name twice', { addNames: 'a.example.com' }, stored],
    ['a name less', { removeNames: 'a.example.com' }, { ...stored, names: ['b.example.com'] }],
    ['a key of caa', optionsOf('--caa-mode', 'off'), { ...stored, caa: { mode: 'off' } }],
    ['a key less', { unset: 'profile' }, { $schema: 'x', names: stored.names, hosts: ['web'] }],
    ['what is false', optionsOf('--no-probe'), { ...stored, probe: false }],
  ])('has %s', (_, given, file) => {
    expect(isChangeGiven(given)).toBe(true);
    expect(change(given)).toEqual(file);
  });

  it('loses "caa" with its last key', () => {
    expect(change({ unset: 'caa.mode' }, { ...stored, caa: { mode: 'off' } })).toEqual(stored);
    expect(change({ unset: 'caa' }, { ...stored, caa: { mode: 'off', restrict: false } })).toEqual(stored);
    const more = { ...stored, caa: { mode: 'off', restrict: false } };
    expect(change({ unset: 'caa.mode' }, more)).toEqual({ ...stored, caa: { restrict: false } });
  });

  it.each<[string, Record<string, unknown>, unknown, RegExp]>([
    [
      'a name that it has not',
      { removeNames: 'c.example.com' },
      stored,
      /does not list "c\.example\.com"; it lists a\.ex/,
    ],
    ['a key that there is none', { unset: 'colour' }, stored, /no key "colour"; its keys are names, hosts, /],
    ['a file that is no JSON', { addNames: 'c.example.com' }, '{', /^renewal\/shop\.json: is not JSON/],
    [
      'a key that stands twice, of which one would be lost',
      { addNames: 'c.example.com' },
      '{ "names": ["a.example.com"], "names": ["b.example.com"] }',
      /^renewal\/shop\.json: [^\n]*"names"/,
    ],
    [
      'a key to set and to take out',
      { key: 'rsa-2048', unset: 'profile,key' },
      stored,
      /^--unset: "key" is set by --key too; give one of them/,
    ],
    [
      'a key below one to take out',
      { ...optionsOf('--caa-mode', 'off'), unset: 'caa' },
      stored,
      /^--unset: "caa" is set by --caa-mode too/,
    ],
    [
      'a name to add and to remove',
      { addNames: 'a.example.com', removeNames: 'a.example.com' },
      stored,
      /^--remove-names: "a\.example\.com" is in --add-names too; give one of them/,
    ],
  ])('is refused in one line for %s', (_, given, file, message) => {
    expect(() => change(given, file)).toThrow(message);
  });

  it('needs an editor where no option says what to change', () => {
    expect(isChangeGiven({ limit: '600', wait: true })).toBe(false);
  });
});
