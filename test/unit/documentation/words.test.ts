import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { COLOURS, isDone } from '../../../cli/follow/show.ts';
import { HEALTHS } from '../../../lib/scan/rules/health.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/reference/command-line.md'), 'utf8');

/** The rows of the table with this head: the words in the first cell, and the last cell. */
function rowsOf(head: string): [word: string, last: string][] {
  const [table = ''] = (text.split(`| ${head} |`)[1] ?? '').split('\n\n');
  const cells = [...table.matchAll(/^\| (`.+?) \|.*\| (.+) \|$/gm)];
  const rows = cells.length > 0 ? cells : [...table.matchAll(/^\| (`.+?) \|() .+ \|$/gm)];
  return rows.flatMap(([, words = '', last = '']) =>
    [...words.matchAll(/`([a-z-]+)`/g)].map(([, word = '']): [string, string] => [word, last]),
  );
}

test('docs/reference/command-line.md explains each word of the judgement, the worst first, and no other', () => {
  const words = [
    ...(text
      .split('| status | meaning |')[1]
      ?.split('\n\n')[0]
      ?.matchAll(/^\| `([a-z-]+)`/gm) ?? []),
  ];
  expect(words.map(([, word]) => word)).toEqual(HEALTHS);
});

test('docs/reference/command-line.md explains each outcome with its exit status, and no other', () => {
  const rows = rowsOf('outcome | meaning | exit status').sort();
  const all = Object.keys(COLOURS) as (keyof typeof COLOURS)[];
  expect(rows).toEqual(all.sort().map((outcome) => [outcome, isDone({ outcome }) ? '0' : '1']));
});
