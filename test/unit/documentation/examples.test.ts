import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { DISTRIBUTIONS } from '../../distributions/root-folders.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const hosts = readFileSync(join(PROJECT, 'docs/reference/hosts.md'), 'utf8');
const servers = readFileSync(join(PROJECT, 'docs/guides/other-servers.md'), 'utf8');
const deploying = readFileSync(join(PROJECT, 'docs/start/deploying.md'), 'utf8');

it('docs/guides/other-servers.md leads to each hook and configuration of another server, and to nothing else', () => {
  const linked = [...servers.matchAll(/\]\(\.\.\/\.\.\/(examples\/(?:hooks|servers)\/[^)]+)\)/g)].map(
    ([, file]) => file,
  );
  expect(linked.sort()).toEqual(globSync('examples/{hooks,servers}/*', { cwd: PROJECT }).sort());
});

it('docs/start/deploying.md leads to each example with a compose file', () => {
  const folders = globSync('examples/*/compose.yaml', { cwd: PROJECT }).map((file) =>
    file.replace('/compose.yaml', ''),
  );
  expect(folders.length).toBeGreaterThan(3);
  for (const folder of folders) expect(deploying).toMatch(new RegExp(`\\]\\(../../${folder}/?\\)`));
});

it('each compose file mounts the folder that holds live/ and archive/, read-only', () => {
  for (const file of globSync('examples/*/compose.yaml', { cwd: PROJECT })) {
    const mounts = readFileSync(join(PROJECT, file), 'utf8').match(/^ *- .*letsencrypt.*$/gm) ?? [];
    expect(mounts, file).toEqual(['      - /etc/letsencrypt:/etc/letsencrypt:ro']);
  }
});

it('docs/reference/hosts.md shows a line for each distribution that is tried', () => {
  const shown = [...hosts.matchAll(/^ok {6}([\w-]+): /gm)].map(([, name]) => name);
  expect(shown).toEqual(DISTRIBUTIONS.map(({ name }) => name));
});
