import { expect, it } from 'vitest';
import { fileOf } from '../../../cli/commands/add.ts';
import { prepareImport } from '../../../cli/migrate/prepare-import.ts';
import { parseRenewalFile } from '../../../lib/foundation/certificate/renewal-file.ts';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { checkFile } from '../../../lib/reporting/doctor/rules/check-file.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { makeCa, newKey } from '../../fakes/certificates.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { scanDeps } from '../../fakes/scan-deps.ts';
import { stackOf } from '../../fakes/stack.ts';
import { isValid } from '../schema/judge.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const stack = stackOf({ domains: ['example.com'] });
const ca = await makeCa();

async function isTakenByScan(file: object): Promise<boolean> {
  const store = new MemoryStore(() => NOW);
  await store.put('renewal/shop.json', JSON.stringify(file));
  const { certificates } = await scan(scanDeps({ store, stack }), parseStart({ start: 'plan' }), NOW);
  return certificates.every(({ action }) => action !== 'reject');
}

function isTaken(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return false;
  }
}

async function isTakenByImport(names: string[]): Promise<boolean> {
  const key = newKey();
  const leaf = await ca.issue({
    key,
    names,
    notBefore: new Date('2026-11-01'),
    notAfter: new Date('2027-01-30'),
  });
  const found = { name: 'shop', fullchain: leaf + ca.issuer, key, notCarried: [] };
  return isTaken(() => {
    const { file } = prepareImport(found, { stack, hosts: [], now: NOW });
    expect(isValid(JSON.parse(file))).toBe(true);
    expect(checkFile(file, 'shop', stack).wanted).toBeDefined();
  });
}

const long = `${'a'.repeat(63)}.`;

it.each<[string, string[], boolean]>([
  ['one name', ['example.com'], true],
  ['a wildcard and its base', ['*.example.com', 'example.com'], true],
  ['an A-label', ['xn--bcher-kva.example.com'], true],
  ['a label of 63', [`${long}example.com`], true],
  ['two hyphens in second and third place', ['a--b.example.com'], true],
  ['digits', ['1.example.com'], true],
  ['an underscore', ['a_b.example.com'], false],
  ['a leading underscore', ['_dmarc.example.com'], false],
  ['one good and one bad name', ['example.com', 'a_b.example.com'], false],
  ['a label of 64', [`a${long}example.com`], false],
  ['a name over 237', [`${long.repeat(3)}${'a'.repeat(40)}.example.com`], false],
  ['a name over 253', [`${long.repeat(4)}example.com`], false],
  ['a trailing dot', ['example.com.'], false],
  ['a leading dot', ['.example.com'], false],
  ['two dots', ['a..example.com'], false],
  ['a leading hyphen', ['-a.example.com'], false],
  ['a trailing hyphen', ['a-.example.com'], false],
  ['a reserved label', ['ab--c.example.com'], false],
  ['an empty A-label', ['xn--.example.com'], false],
  ['a wildcard inside', ['a.*.example.com'], false],
  ['two wildcards', ['*.*.example.com'], false],
  ['a part of a label wild', ['a*.example.com'], false],
  ['a port', ['example.com:443'], false],
  ['a path', ['example.com/x'], false],
  ['a space', ['exam ple.com'], false],
  ['a single label', ['localhost'], false],
  ['a public suffix as such', ['*.com'], false],
  ['an address', ['192.0.2.1'], false],
  ['a name twice', ['example.com', 'example.com'], false],
  ['over 100 names', Array.from({ length: 101 }, (_, index) => `h${index}.example.com`), false],
])(
  '%s is taken by all or by none of scan, add, import, doctor and the JSON Schema',
  async (_, names, taken) => {
    const added = fileOf({ names: names.join(',') });
    expect({
      scan: await isTakenByScan({ names }),
      add: isTaken(() => parseRenewalFile(JSON.stringify(added), 'shop', stack)),
      doctor: checkFile(JSON.stringify({ names }), 'shop', stack).wanted !== undefined,
      import: await isTakenByImport(names),
      schema: isValid({ names }),
    }).toEqual({ scan: taken, add: taken, doctor: taken, import: taken, schema: taken });
  },
);

it.each<[string, string[]]>([
  ['upper case', ['Example.com']],
  ['names that are equal but for their case', ['example.com', 'EXAMPLE.com']],
])(
  '%s is refused where it is written; in a certificate it is the lower case that is taken over',
  async (_, names) => {
    expect([await isTakenByScan({ names }), isValid({ names })]).toEqual([false, false]);
  },
);

it('an international name is refused by all that it can be given to', async () => {
  const names = ['b\u00fccher.example.com'];
  const added = fileOf({ names: names.join(',') });
  expect([await isTakenByScan({ names }), isValid({ names })]).toEqual([false, false]);
  expect(() => parseRenewalFile(JSON.stringify(added), 'shop', stack)).toThrow(
    'write it as xn--bcher-kva.example.com',
  );
});

it.each<[string, object, RegExp]>([
  ['days as long as the life', { renewBeforeDays: 90 }, /^renewal 90 days before expiry: /],
  ['no days', { renewBeforeDays: 0 }, /^renewal 0 days before expiry: /],
  ['days over a year', { renewBeforeDays: 1000 }, /^renewal 1000 days/],
  ['a CA without TLS', { directoryUrl: 'http://ca.test/dir' }, /^server http:\/\/ca\.test\/dir: no https/],
  ['a profile in two words', { profile: 'a b' }, /^profile "a b": /],
])('import leaves out %s, says so, and writes a file that scan takes', async (_, settings, note) => {
  const key = newKey();
  const leaf = await ca.issue({
    key,
    names: ['example.com'],
    notBefore: new Date('2026-11-01'),
    notAfter: new Date('2027-01-30'),
  });
  const found = { name: 'shop', fullchain: leaf + ca.issuer, key, notCarried: [], ...settings };
  const { file, notCarried } = prepareImport(found, { stack, hosts: [], now: NOW });
  expect(notCarried).toEqual([expect.stringMatching(note)]);
  expect(JSON.parse(file)).toEqual({ names: ['example.com'], hosts: [], key: 'ecdsa-p256' });
  expect(await isTakenByScan(JSON.parse(file))).toBe(true);
});

it('import refuses what lives too shortly for the checks of the stack', async () => {
  const key = newKey();
  const leaf = await ca.issue({
    key,
    names: ['example.com'],
    notBefore: new Date('2026-11-20T00:00:00Z'),
    notAfter: new Date('2026-11-20T06:00:00Z'),
  });
  const found = { name: 'shop', fullchain: leaf + ca.issuer, key, notCarried: [] };
  expect(() => prepareImport(found, { stack, hosts: [], now: NOW })).toThrow(/lives 6 hours/);
});
