import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { KNOWN_REASONS, remedyOf } from '../../lib/reporting/notices/rules/remedies.ts';

const PROJECT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8');

/** Where failures get their reasons. */
const PLACES = [
  /\breason(?:: [\w[\]'| -]+)? ?[=:] '([a-z]+(?:-[a-z]+)+)'/g,
  /new \w*Error\(\s*'([a-z]+(?:-[a-z]+)+)'/g,
  /\breason: '([a-z]+(?:-[a-z]+)+)' as const/g,
];

/** Of decisions, of answers to a person, and of what is nobody's failure: nobody is told of them. */
const NOT_TOLD = new Set([
  'all-stay-down',
  'backing-off',
  'bad-instance-id',
  'bad-version',
  'budget-spent',
  'ca-limited',
  'caa-drifted',
  'certificate-renewed',
  'claimed-elsewhere',
  'deleted-in-acm',
  'event-invalid',
  'expires-soon',
  'fence-malformed',
  'first-import',
  'found-by-tags',
  'host-behind',
  'hosts-changed',
  'left-open',
  'life-nearly-over',
  'never-issued',
  'no-longer-due',
  'not-confirmed',
  'not-due',
  'not-ours',
  'nothing-to-revoke',
  'notices-malformed',
  'notices-unavailable',
  'only-one',
  'orders-per-run',
  'out-of-time',
  'pointer-lost',
  'probe-malformed',
  'region-removed',
  'renewal-info-malformed',
  'same-order-in-flight',
  'still-running',
  'suggested-window',
  'version-malformed',
  'version-missing',
]);

function reasonsInCode(): string[] {
  const files = globSync('lib/{acme,aws,core,dns,ports,steps}/**/*.ts', { cwd: PROJECT }).filter(
    (file) => !/core\/(probe|doctor|notices|status)|steps\/doctor/.test(file),
  );
  const found = files.flatMap((file) =>
    PLACES.flatMap((place) => [...read(file).matchAll(place)].map(([, reason = '']) => reason)),
  );
  return [...new Set(found)].filter((reason) => !NOT_TOLD.has(reason)).sort();
}

const headings = [...read('docs/operations.md').matchAll(/^### `(.+)`$/gm)].map(([, reason = '']) =>
  reason.replace('…', ''),
);

test('docs/operations.md has a paragraph for each reason with a remedy, and for no other', () => {
  expect(headings.sort()).toEqual([...KNOWN_REASONS].sort());
});

test('each reason in the code has a paragraph', () => {
  const has = (reason: string) => !remedyOf(reason).anchor.startsWith('hosts.md');
  expect(reasonsInCode().filter((reason) => !has(reason))).toEqual([]);
});
