import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { expect, it } from 'vitest';

const PROJECT = join(import.meta.dirname, '../../..');
const PAGES = globSync(['*.md', '{docs,examples}/**/*.md'], { cwd: PROJECT });

const textOf = (page: string) => readFileSync(join(PROJECT, page), 'utf8');

/** The anchors of a page's headings, as GitHub makes them. */
function anchorsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

it.each(PAGES)('%s leads nowhere that is not there', (page) => {
  const targets = [...textOf(page).matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].map(([, target = '']) => target);
  const lost = targets.filter((target) => {
    const [path = '', anchor] = target.split('#');
    const file = path === '' ? page : relative(PROJECT, join(PROJECT, dirname(page), path));
    if (!existsSync(join(PROJECT, file))) return true;
    return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(anchor);
  });
  expect(lost).toEqual([]);
});

it('each decision has a number of its own, in its name, its heading and every link', () => {
  const decisions = globSync('docs/decisions/[0-9]*.md', { cwd: PROJECT }).sort();
  const numbers = decisions.map((file) => /(\d{4})-[^/]+$/.exec(file)?.[1] ?? file);
  expect(numbers).toEqual([...new Set(numbers)]);
  const headings = decisions.map((file) => /^# (\d+)\. /.exec(textOf(file))?.[1]?.padStart(4, '0'));
  expect(headings).toEqual(numbers);
  for (const page of PAGES)
    for (const [link, said, meant] of textOf(page).matchAll(/\[[^\]]*?(\d{4})\]\([^)]*?(\d{4})-[^)]*\.md\)/g))
      expect(said, `${page}: ${link}`).toBe(meant);
});

it('docs/README.md leads to each page, and docs/decisions/README.md to each decision', () => {
  const linked = (index: string) =>
    [...textOf(index).matchAll(/\]\((?!\w+:)([^)\s#]+)/g)].map(([, path = '']) =>
      relative(PROJECT, join(PROJECT, dirname(index), path)),
    );
  // Where a page was, for mails of before.
  const moved = ['docs/hosts.md'];
  const pages = PAGES.filter(
    (page) => /^docs\/([^/]+\/)?[^/]+\.md$/.test(page) && !page.endsWith('README.md'),
  );
  const known = [...linked('docs/README.md'), ...linked('docs/decisions/README.md'), ...moved];
  expect(pages.filter((page) => !known.includes(page))).toEqual([]);
});

it('docs/decisions/README.md calls each decision as its page does', () => {
  const rows = [...textOf('docs/decisions/README.md').matchAll(/^\| \[\d{4}\]\(([^)]+)\) \| ([^|]+) \|/gm)];
  expect(rows.length).toBeGreaterThan(30);
  for (const [, file = '', title = ''] of rows)
    expect(textOf(`docs/decisions/${file}`).split('\n')[0]).toMatch(`. ${title}`);
});
