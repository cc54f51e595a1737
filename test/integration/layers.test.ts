import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '../..');

type Planted = [file: string, from: string, statement?: string];

const refused: Planted[] = [
  ['lib/core/a.ts', '@aws-sdk/client-s3'],
  ['lib/core/b.ts', 'node:fs'],
  ['lib/core/c.ts', 'node:fs/promises'],
  ['lib/core/d.ts', 'zod'],
  ['lib/core/e.ts', '../ports/zones.ts'],
  ['lib/core/f.ts', './../aws/s3-store.ts'],
  ['lib/core/g.ts', '../steps/scan.ts', "export * from '../steps/scan.ts';"],
  ['lib/core/h.ts', '../aws/s3-store.ts', "export const late = import('../aws/s3-store.ts');"],
  [
    'lib/core/i.ts',
    '../aws/s3-store.ts',
    "import type { S3Store as T } from '../aws/s3-store.ts';\nexport type { T };",
  ],
  ['lib/core/doctor/a.ts', '../../ports/zones.ts'],
  ['lib/core/doctor/b.ts', 'node:fs'],
  ['lib/ports/a.ts', 'node:fs'],
  ['lib/ports/b.ts', '../steps/scan.ts'],
  ['lib/steps/a.ts', '../aws/s3-store.ts'],
  ['lib/steps/b.ts', '@aws-sdk/client-s3'],
  ['lib/steps/c.ts', '../settings.ts'],
  ['lib/steps/renew/a.ts', '../../acme/accounts.ts'],
  ['lib/steps/renew/b.ts', './../../aws/s3-store.ts'],
  ['lib/steps/doctor/a.ts', '../../aws/s3-store.ts'],
  ['lib/aws/a.ts', '../steps/scan.ts'],
  ['lib/aws/b.ts', 'acme-client'],
  ['lib/aws/c.ts', '../acme/accounts.ts'],
  ['lib/acme/a.ts', '@aws-sdk/client-s3'],
  ['lib/acme/b.ts', '../dns/node-resolver.ts'],
  ['lib/dns/a.ts', '@aws-sdk/client-route-53'],
  ['lib/lambda/a.ts', '../../functions/scan.ts'],
  ['lib/a.ts', '../local/cloud.ts'],
  ['lib/c.ts', '../cli/main.ts'],
  ['lib/b.ts', '../test/unit/facts.ts'],
  ['functions/a.ts', '../lib/core/decide-renewal.ts'],
  ['functions/b.ts', '../local/cloud.ts'],
  ['functions/c.ts', '../bench/main.ts'],
  ['functions/d.ts', './scan.ts'],
];

const allowed: Planted[] = [
  ['lib/core/y.ts', 'node:crypto'],
  ['lib/core/z.ts', './durations.ts'],
  ['lib/core/doctor/z.ts', '../caa.ts'],
  ['lib/ports/z.ts', '../core/facts.ts'],
  ['lib/steps/y.ts', 'node:timers/promises'],
  ['lib/steps/z.ts', '../ports/zones.ts'],
  ['lib/steps/renew/z.ts', '../../core/facts.ts'],
  ['lib/steps/doctor/z.ts', '../../core/doctor/answer.ts'],
  ['lib/aws/z.ts', '@aws-sdk/client-s3'],
  ['lib/acme/z.ts', 'acme-client'],
  ['lib/dns/z.ts', 'node:dns/promises'],
  ['functions/z.ts', '../lib/steps/scan.ts'],
  ['local/z.ts', '../lib/aws/s3-store.ts'],
];

let folder: string;
let faults: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-layers-'));
  await cp(join(project, 'biome.json'), join(folder, 'biome.json'));
  for (const [file, from, statement = `import * as it from '${from}';\nexport { it };`] of [
    ...refused,
    ...allowed,
  ]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${statement}\n`);
  }
  await writeFile(join(folder, 'lib/require.ts'), "export const fs = require('node:fs');\n");
  faults = await lint(folder);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Each fault that the project's linter settings find, as `file rule`. */
async function lint(cwd: string): Promise<string[]> {
  const biome = join(project, 'node_modules/.bin/biome');
  const args = ['lint', '--reporter=json', '--vcs-enabled=false', '--max-diagnostics=none', '.'];
  const report = await new Promise<string>((resolve) => {
    execFile(biome, args, { cwd }, (_, stdout) => resolve(stdout)).stdin?.end();
  });
  const { diagnostics } = JSON.parse(report) as {
    diagnostics: { category: string; location: { path: string } }[];
  };
  return diagnostics.map(({ category, location }) => `${location.path} ${category}`);
}

const layerFault = (file: string) => `${file} lint/style/noRestrictedImports`;

describe('the layers', () => {
  it.each(refused)('%s may not import %s', (file) => {
    expect(faults).toContain(layerFault(file));
  });

  it.each(allowed)('%s may import %s', (file) => {
    expect(faults).not.toContain(layerFault(file));
  });

  it('are not passed by with require', () => {
    expect(faults).toContain('lib/require.ts lint/style/noCommonJs');
  });
});
