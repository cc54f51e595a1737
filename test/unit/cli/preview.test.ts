import { describe, expect, it } from 'vitest';
import { heldUpLines, previewed, toAgreeTo } from '../../../cli/output/preview.ts';
import type { PlannedCertificate } from '../../../lib/scan/rules/plan.ts';

const renewed: PlannedCertificate = {
  name: 'a',
  action: 'renew',
  reason: 'never-issued',
  names: ['example.com'],
};
const newSet = {
  at: 'example.com',
  add: ['0 issue "ca.test"'],
  remove: [],
  governs: ['example.com'],
  isNew: true,
};
const refused = [{ name: 'example.com', identity: 'ca.test', remedy: 'add 0 issue "ca.test" there' }];

describe('what would come of a file that is added', () => {
  it.each<[string, PlannedCertificate | undefined, RegExp, boolean]>([
    ['is issued', renewed, /^a: would-add \(never-issued\)\nadd: nothing was written$/, true],
    [
      'is rejected',
      { name: 'a', action: 'reject', reason: 'no-hosted-zone', message: 'no zone' },
      /^a: rejected \(no zone\)\nadd: nothing/,
      false,
    ],
    [
      'may not be issued by CAA',
      { ...renewed, caa: { edits: [], notPossible: [], refused } },
      /^a: would-fail \(caa-forbids\)\n/,
      false,
    ],
    ['cannot be asked', undefined, /^a: unknown \(scan could not be asked/, false],
  ])('of one that %s', (_, planned, text, ok) => {
    expect(previewed('a', { verb: 'add', planned, dns: [], file: {} })).toMatchObject({
      ok,
      text: expect.stringMatching(text),
    });
  });
});

describe('what a person has to agree to', () => {
  it.each<[string, PlannedCertificate | undefined, RegExp]>([
    ['nothing', renewed, /^$/],
    [
      'a set of its own below the top',
      { ...renewed, caa: { edits: [newSet], notPossible: [] }, zones: [] },
      /^$/,
    ],
    [
      'a set at the top of the zone',
      { ...renewed, caa: { edits: [newSet], notPossible: [] }, zones: ['example.com'] },
      /shuts out all other CAs/,
    ],
    ['what is not known', undefined, /could not be asked.*such as CAA that shuts other CAs out/],
  ])('is %s', (_, planned, lines) => {
    expect(toAgreeTo(planned).join('\n')).toMatch(lines);
  });
});

it.each<[string, PlannedCertificate, string[]]>([
  ['is issued', renewed, []],
  ['is not due', { name: 'a', action: 'wait', reason: 'not-due', until: '2026-12-01T00:00:00Z' }, []],
  [
    'a limit holds up',
    { name: 'a', action: 'wait', reason: 'ca-limited', until: '2026-12-01T00:00:00Z', message: 'too many' },
    ['a: ca-limited until 2026-12-01T00:00Z: too many'],
  ],
])('says what is waited for, of one that %s', (_, planned, lines) => {
  expect(heldUpLines(planned)).toEqual(lines);
});
