import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changesFor,
  fitsSet,
  isStillDecided,
  mergeEdits,
  packChanges,
  type RecordChange,
  type RecordEdit,
  type RecordSet,
} from '../../../lib/issuance/dns/rules/record-edits.ts';

const at = { name: '_acme-challenge.example.com', type: 'TXT' as const, ttl: 60 };
const set = (...values: string[]): RecordSet => ({ ...at, values });
const edit = (more: Partial<RecordEdit>): RecordEdit => ({ ...at, add: [], remove: [], ...more });
const create = (...values: string[]): RecordChange => ({ action: 'CREATE', set: set(...values) });
const remove = (...values: string[]): RecordChange => ({ action: 'DELETE', set: set(...values) });

describe('an edit', () => {
  it.each<[string, Partial<RecordEdit>, RecordSet | undefined, RecordChange[]]>([
    ['creates where nothing is', { add: ['a'] }, undefined, [create('a')]],
    ['adds beside what others wrote', { add: ['a'] }, set('x'), [remove('x'), create('x', 'a')]],
    ['is nothing where the value is there', { add: ['a'] }, set('x', 'a'), []],
    ['removes only its own', { remove: ['a'] }, set('x', 'a'), [remove('x', 'a'), create('x')]],
    ['removes the set with its last value', { remove: ['a'] }, set('a'), [remove('a')]],
    ['is nothing where its value is gone', { remove: ['a'] }, set('x'), []],
    ['is nothing where all is gone', { remove: ['a'] }, undefined, []],
    ['swaps', { add: ['b'], remove: ['a'] }, set('x', 'a'), [remove('x', 'a'), create('x', 'b')]],
  ])('%s', (_, more, current, changes) => {
    expect(changesFor(edit(more), current)).toEqual(changes);
  });

  it("keeps somebody else's TTL", () => {
    const theirs = { ...set('x'), ttl: 3600 };
    expect(changesFor(edit({ add: ['a'] }), theirs)).toEqual([
      { action: 'DELETE', set: theirs },
      { action: 'CREATE', set: { ...theirs, values: ['x', 'a'] } },
    ]);
  });

  it('is put together with others of the same name and type', () => {
    const caa = edit({ type: 'CAA', add: ['c'] });
    expect(mergeEdits([edit({ add: ['a'] }), caa, edit({ add: ['b', 'a'], remove: ['x'] })])).toEqual([
      edit({ add: ['a', 'b'], remove: ['x'] }),
      caa,
    ]);
  });
});

describe('an edit that was decided by what stood there', () => {
  const decided = edit({ add: ['new'], remove: ['old'], decidedBy: ['x', 'old'] });

  it.each<[string, RecordSet | undefined, boolean]>([
    ['the same', set('x', 'old'), true],
    ['the same in another order', set('old', 'x'), true],
    ['what it removes gone already', set('x'), true],
    ['what it adds there already', set('x', 'old', 'new'), true],
    ['itself done', set('x', 'new'), true],
    ["another's value beside", set('x', 'old', 'theirs'), false],
    ["only another's value", set('theirs'), false],
    ['a value gone that is not its own', set('old'), false],
    ['nothing', undefined, false],
  ])('with %s', (_, current, holds) => {
    expect(isStillDecided(decided, current)).toBe(holds);
  });

  it('by nothing holds while nothing of others is there', () => {
    const first = edit({ add: ['new'], decidedBy: [] });
    expect(isStillDecided(first, undefined)).toBe(true);
    expect(isStillDecided(first, set('new'))).toBe(true);
    expect(isStillDecided(first, set('theirs'))).toBe(false);
  });

  it('holds always where it says nothing of that', () => {
    expect(isStillDecided(edit({ add: ['new'] }), set('theirs'))).toBe(true);
  });
});

it.each([
  ['400 values', 400, 1, true],
  ['401 values', 401, 1, false],
  ['16,000 characters, which a swap sends twice', 1, 16_000, true],
  ['16,001 characters', 1, 16_001, false],
])('a set of %s', (_, count, length, fits) => {
  expect(fitsSet(Array.from({ length: count }, () => 'v'.repeat(length)))).toBe(fits);
});

describe('batches of changes', () => {
  const group = (values: number, length: number) => [
    create(...Array.from({ length: values }, () => 'v'.repeat(length))),
  ];
  const sizes = (groups: RecordChange[][]) => packChanges(groups).map((batch) => batch.length);
  const many = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

  it.each([
    ['nothing', [], []],
    ['1000 elements', many(1000, group(1, 1)), [1000]],
    ['1001 elements', many(1001, group(1, 1)), [1000, 1]],
    ['32,000 characters', many(320, group(1, 100)), [320]],
    ['32,001 characters', [...many(319, group(1, 100)), group(1, 101)], [319, 1]],
    ['2001 elements', many(2001, group(1, 1)), [1000, 1000, 1]],
    ['32,000 characters in several values of each', many(160, group(2, 100)), [160]],
    ['64,100 characters', many(641, group(1, 100)), [320, 320, 1]],
    ['ACME values: 711 fit', many(712, group(1, 45)), [711, 1]],
    ['one that fits nowhere goes alone', [group(1, 1), group(1, 40_000), group(1, 1)], [1, 1, 1]],
  ])('%s', (_, groups, expected) => {
    expect(sizes(groups)).toEqual(expected);
  });

  it('keep within the limits, in order, and tear no edit apart', () => {
    const someGroup = fc.tuple(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 60 }));
    fc.assert(
      fc.property(fc.array(someGroup, { maxLength: 30 }), (list) => {
        const groups = list.map(([values, length]) => group(values, length));
        const batches = packChanges(groups);
        expect(batches.flat()).toEqual(groups);
        for (const batch of batches) {
          const values = batch.flat().flatMap((change) => change.set.values);
          expect(values.length).toBeLessThanOrEqual(1000);
          expect(values.join('').length).toBeLessThanOrEqual(32_000);
        }
      }),
    );
  });
});
