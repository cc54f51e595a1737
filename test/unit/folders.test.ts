import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');
const DEEPEST = 3;

/** `lib/issuance/dns`, of a file in it or below it. */
const folderOf = (file: string) =>
  file
    .split('/')
    .slice(0, Math.min(DEEPEST, file.split('/').length - 1))
    .join('/');

function arrowsOfLib(): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>();
  for (const file of globSync('lib/**/*.ts', { cwd: ROOT })) {
    const from = folderOf(file);
    for (const [, path = ''] of readFileSync(join(ROOT, file), 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const to = folderOf(join(dirname(file), path));
      if (to !== from) arrows.set(from, (arrows.get(from) ?? new Set()).add(to));
    }
  }
  return arrows;
}

/** The folders that import themselves by way of others; types count too. */
function circles(arrows: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...arrows.keys()].filter((folder) => reachedFrom(folder, arrows).has(folder)).sort();
}

function reachedFrom(start: string, arrows: ReadonlyMap<string, ReadonlySet<string>>): Set<string> {
  const reached = new Set(arrows.get(start));
  // A set that grows while it is gone through is gone through to its new end.
  for (const one of reached) for (const next of arrows.get(one) ?? []) reached.add(next);
  return reached;
}

describe('the folders of lib', () => {
  it('import each other one way only', () => {
    expect(circles(arrowsOfLib())).toEqual([]);
  });

  it.each<[string, Record<string, string[]>, string[]]>([
    ['no circle', { a: ['b', 'c'], b: ['c'] }, []],
    ['a pair', { a: ['b'], b: ['a', 'c'], d: ['a'] }, ['a', 'b']],
    ['a circle of three', { a: ['b'], b: ['c'], c: ['a'], d: ['e'] }, ['a', 'b', 'c']],
    [
      'a folder between two circles',
      { a: ['b'], b: ['a', 'c'], c: ['d'], d: ['e'], e: ['d'] },
      ['a', 'b', 'd', 'e'],
    ],
  ])('are looked at for %s', (_, arrows, found) => {
    const map = new Map(Object.entries(arrows).map(([from, to]) => [from, new Set(to)]));
    expect(circles(map)).toEqual(found);
  });
});
