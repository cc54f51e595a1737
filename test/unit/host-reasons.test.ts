import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const PROJECT = join(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8');

/** Where install.sh names a reason. */
const PLACES = [
  /\bgive_up "\$\w+" ([a-z-]+)/g,
  /\brefuse ([a-z-]+)/g,
  /\bfinish "\$\w+" [a-z-]+ ([a-z-]+)/g,
  /\b(?:reload_|why_)?reason=([a-z-]+)/g,
  /\brefused_by_nginx ([a-z-]+)/g,
  /^\s+\*?['*].*\) echo ([a-z-]+) ;;/gm,
  /\breason_of_error "\$error" ([a-z-]+)/g,
];

test('docs/hosts.md explains each reason that the script can report, and no other', () => {
  const script = read('lib/delivery/deployment/host/install.sh');
  const reported = PLACES.flatMap((place) => [...script.matchAll(place)].map(([, reason]) => reason));
  const table = read('docs/hosts.md').split('| reason | meaning |')[1] ?? '';
  const explained = [...table.matchAll(/^\| `([a-z-]+)` \| .+ \|/gm)].map(([, reason]) => reason);
  // Programs have a reason each, `<program>-missing`; the table has one of them.
  expect(explained.sort()).toEqual([...new Set([...reported, 'openssl-missing'])].sort());
});
