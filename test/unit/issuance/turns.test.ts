import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changesFor,
  fitsSet,
  type PlacedEdit,
  packChanges,
} from '../../../lib/issuance/dns/rules/record-edits.ts';
import { nextTurn, setKey } from '../../../lib/issuance/dns/rules/turns.ts';

/** As long as an ACME value with its quotes. */
const value = (label: string, index: number) => `"${label}-${index}`.padEnd(44, '.').concat('"');
const values = (label: string, count: number) =>
  Array.from({ length: count }, (_, index) => value(label, index));
const placed = (label: string, count: number, name = 'proof.test'): PlacedEdit => ({
  zoneId: 'Z1',
  zoneName: 'test',
  edit: { name, type: 'TXT', add: values(label, count), remove: [], ttl: 60 },
});
const one = (label: string, count: number, ...others: PlacedEdit[]) => ({
  label,
  edits: [placed(label, count), ...others],
});
const labels = (of: readonly { label: string }[]) => of.map(({ label }) => label).join('');
const turn = (waiting: Parameters<typeof one>[], standing: PlacedEdit[] = []) => {
  const sets = standing.map((set) => [setKey(set), { values: set.edit.add, ttl: 60 }] as const);
  const { now, later } = nextTurn(
    waiting.map((args) => one(...args)),
    new Map(sets),
  );
  return [labels(now), labels(later)];
};

describe('a record set', () => {
  it.each([
    ['400 short values', Array.from({ length: 400 }, (_, index) => `"${index}"`), true],
    ['401 short values', Array.from({ length: 401 }, (_, index) => `"${index}"`), false],
    ['355 ACME values, which 356 could not be swapped for', values('a', 355), true],
    ['356 ACME values', values('a', 356), false],
  ])('of %s: %#', (_, all, fits) => {
    expect(all.at(-1)?.length).toBeLessThanOrEqual(45);
    expect(fitsSet(all)).toBe(fits);
  });

  it('that fits can be changed to any part of it in one batch', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 60 }), { maxLength: 420 }), fc.nat(), (all, part) => {
        const current = { name: 'a.test', type: 'TXT' as const, ttl: 60, values: [...new Set(all)] };
        fc.pre(fitsSet(current.values));
        const remove = current.values.slice(0, part % (current.values.length + 1));
        const changes = changesFor({ ...current, add: [], remove }, current);
        const sent = changes.flatMap(({ set }) => set.values);
        expect(sent.join('').length).toBeLessThanOrEqual(32_000);
        expect(sent.length).toBeLessThanOrEqual(1000);
        expect(packChanges(changes.length > 0 ? [changes] : []).length).toBeLessThanOrEqual(1);
      }),
    );
  });
});

describe('a turn', () => {
  it.each<[string, Parameters<typeof turn>, [string, string]]>([
    ['is of nobody where nobody waits', [[]], ['', '']],
    [
      'is of all that fit',
      [
        [
          ['a', 100],
          ['b', 100],
          ['c', 100],
        ],
      ],
      ['abc', ''],
    ],
    [
      'leaves those that do not',
      [
        [
          ['a', 100],
          ['b', 100],
          ['c', 100],
          ['d', 100],
          ['e', 100],
        ],
      ],
      ['abc', 'de'],
    ],
    [
      'takes a smaller one behind a larger one',
      [
        [
          ['a', 300],
          ['b', 100],
          ['c', 50],
        ],
      ],
      ['ac', 'b'],
    ],
    [
      'leaves room for what stands there',
      [
        [
          ['a', 100],
          ['b', 100],
        ],
        [placed('x', 200)],
      ],
      ['a', 'b'],
    ],
    ['counts what stands there already once', [[['x', 200]], [placed('x', 200)]], ['x', '']],
    ['is of nobody where there is no room', [[['a', 100]], [placed('x', 300)]], ['', 'a']],
    [
      'is not held up by another set',
      [
        [
          ['a', 300],
          ['b', 100, placed('b', 100, 'other.test')],
        ],
      ],
      ['a', 'b'],
    ],
  ])('%s', (_, args, expected) => {
    expect(turn(...args)).toEqual(expected);
  });

  it('keeps no room for one that waits for another set', () => {
    const waiting = [one('a', 100, placed('a', 300, 'full.test')), one('b', 300)];
    const full = placed('x', 300, 'full.test');
    const { now } = nextTurn(waiting, new Map([[setKey(full), { values: full.edit.add, ttl: 60 }]]));
    expect(labels(now)).toBe('b');
  });

  it('lets everybody come, the first one at once, in any mixture', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 355 }), { maxLength: 12 });
    fc.assert(
      fc.property(sizes, (counts) => {
        let waiting = counts.map((count, index) => one(String.fromCharCode(97 + index), count));
        while (waiting.length > 0) {
          const [first] = waiting;
          const { now, later } = nextTurn(waiting, new Map());
          expect(now[0]).toBe(first);
          expect(fitsSet(now.flatMap(({ edits }) => edits.flatMap(({ edit }) => edit.add)))).toBe(true);
          waiting = later;
        }
      }),
    );
  });
});
