import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changesFor,
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
