import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../tools/check/run-tool.ts';

const text = readFileSync(join(PROJECT, 'docs/operate/security.md'), 'utf8');
const [, threats = ''] = text.split('| threat | what stands against it | what remains | shown by |\n');
const rows = threats
  .split('\n\n')[0]
  ?.split('\n')
  .slice(1)
  .map((row) => row.split(' | '));

const linksOf = (part: string) => [...part.matchAll(/\]\(([^)#]+)[^)]*\)/g)].map(([, link = '']) => link);

describe('docs/operate/security.md', () => {
  it('says of each threat what stands against it, what remains, and which tests show it', () => {
    expect(rows?.length).toBeGreaterThan(12);
    for (const cells of rows ?? []) {
      expect(cells, cells[0]).toHaveLength(4);
      const tests = linksOf(cells[3] ?? '');
      expect(tests.length, cells[0]).toBeGreaterThan(0);
      for (const test of tests) expect(test).toMatch(/^\.\.\/\.\.\/test\//);
    }
  });

  it('leads to files that are there', () => {
    const links = linksOf(text);
    expect(links.length).toBeGreaterThan(25);
    expect(links.filter((link) => !existsSync(join(PROJECT, 'docs/operate', link)))).toEqual([]);
  });
});
