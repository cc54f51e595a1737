import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const project = join(import.meta.dirname, '../..');

type Planted = [file: string, from: string, statement?: string];

const refused: Planted[] = [
  // Decisions do no I/O and know no flow.
  ['lib/issuance/renewal/rules/a.ts', '@aws-sdk/client-s3'],
  ['lib/issuance/renewal/rules/b.ts', 'node:fs'],
  ['lib/issuance/renewal/rules/c.ts', 'node:fs/promises'],
  ['lib/issuance/renewal/rules/d.ts', 'zod'],
  ['lib/issuance/renewal/rules/e.ts', '../claim.ts'],
  ['lib/issuance/renewal/rules/f.ts', '../../dns/zones.ts'],
  ['lib/issuance/renewal/rules/g.ts', './../claim.ts'],
  ['lib/issuance/renewal/rules/h.ts', '../claim.ts', "export * from '../claim.ts';"],
  ['lib/issuance/renewal/rules/i.ts', '../claim.ts', "export const late = import('../claim.ts');"],
  [
    'lib/issuance/renewal/rules/j.ts',
    '../claim.ts',
    "import type { Claim as T } from '../claim.ts';\nexport type { T };",
  ],
  ['lib/issuance/dns/rules/a.ts', '../../../foundation/common/poll.ts'],
  ['lib/issuance/dns/rules/b.ts', '../../../foundation/bucket/object-store.ts'],
  ['lib/issuance/dns/rules/c.ts', '../../../delivery/acm/rules/decide-imports.ts'],
  ['lib/delivery/probe/rules/a.ts', '../../../issuance/ca/rules/ca-list.ts'],
  ['lib/delivery/probe/rules/b.ts', '../probe.ts'],
  ['lib/scan/rules/a.ts', '../scan.ts'],
  ['lib/scan/rules/b.ts', '../../reporting/status/rules/judge-health.ts'],
  ['lib/reporting/doctor/rules/a.ts', '../doctor.ts'],
  ['lib/reporting/doctor/rules/b.ts', 'p-map'],
  ['lib/reporting/status/page/a.ts', '../read-status.ts'],
  ['lib/foundation/certificate/a.ts', 'node:fs'],
  ['lib/foundation/certificate/b.ts', '../bucket/object-store.ts'],
  ['lib/foundation/common/a.ts', './poll.ts'],
  ['lib/foundation/bucket/rules/a.ts', '../object-store.ts'],
  ['lib/foundation/reasons/a.ts', '../common/durations.ts'],
  ['lib/foundation/reasons/b.ts', 'node:crypto'],
  // Adapters are handed in, and implement ports of their own service.
  ['lib/issuance/renewal/a.ts', '../../adapters/aws/s3-store.ts'],
  ['lib/issuance/renewal/b.ts', '@aws-sdk/client-s3'],
  ['lib/issuance/renewal/c.ts', '../../lambda/settings.ts'],
  ['lib/delivery/deployment/a.ts', '../../adapters/aws/ssm-hosts.ts'],
  ['lib/scan/a.ts', '../adapters/acme/directory.ts'],
  ['lib/reporting/doctor/a.ts', '../../adapters/aws/s3-store.ts'],
  ['lib/foundation/bucket/a.ts', '../../adapters/aws/s3-store.ts'],
  ['lib/adapters/aws/a.ts', '../../scan/scan.ts'],
  ['lib/adapters/aws/b.ts', 'acme-client'],
  ['lib/adapters/aws/c.ts', '../acme/accounts.ts'],
  ['lib/adapters/acme/a.ts', '@aws-sdk/client-s3'],
  ['lib/adapters/acme/b.ts', '../net/node-resolver.ts'],
  ['lib/adapters/net/a.ts', '@aws-sdk/client-route-53'],
  ['lib/adapters/net/b.ts', '../../reporting/doctor/doctor.ts'],
  ['lib/adapters/node/a.ts', '../../issuance/dns/zones.ts'],
  // Issuance and delivery do not know each other.
  ['lib/issuance/renewal/d.ts', '../../delivery/deployment/deploy.ts'],
  ['lib/delivery/deployment/b.ts', '../../issuance/renewal/claim.ts'],
  ['lib/delivery/acm/a.ts', '../../issuance/ca/rules/ca-list.ts'],
  // Nobody imports reporting but who shows or wires it, and nothing below imports what stands on it.
  ['lib/issuance/ca/a.ts', '../../reporting/notices/mailbox.ts'],
  ['lib/delivery/acm/b.ts', '../../reporting/status/read-status.ts'],
  ['lib/scan/b.ts', '../reporting/notices/notify.ts'],
  ['lib/foundation/events/a.ts', '../../issuance/ca/rules/ca-list.ts'],
  ['lib/issuance/caa/a.ts', '../../scan/scan.ts'],
  ['lib/lambda/a.ts', '../../functions/scan.ts'],
  ['lib/lambda/b.ts', '../scan/scan.ts'],
  ['lib/lambda/c.ts', '../adapters/aws/s3-store.ts'],
  ['lib/scan/c.ts', '../../local/cloud.ts'],
  ['lib/scan/d.ts', '../../cli/main.ts'],
  ['lib/foundation/common/b.ts', '../../../test/unit/facts.ts'],
  ['functions/a.ts', '../lib/issuance/renewal/rules/decide-renewal.ts'],
  ['functions/b.ts', '../local/cloud.ts'],
  ['functions/c.ts', '../bench/main.ts'],
  ['functions/d.ts', './scan.ts'],
  ['cli/a.ts', '../local/cloud.ts'],
];

const allowed: Planted[] = [
  ['lib/issuance/renewal/rules/w.ts', 'node:crypto'],
  ['lib/issuance/renewal/rules/x.ts', '../../ca/rules/ca-list.ts'],
  ['lib/issuance/renewal/rules/y.ts', './state.ts'],
  ['lib/issuance/renewal/rules/z.ts', '../../../foundation/certificate/lineage.ts'],
  ['lib/issuance/renewal/rules/v.ts', '../../../foundation/reasons/reasons.ts'],
  ['lib/foundation/common/z.ts', '../reasons/reasons.ts'],
  ['lib/foundation/reasons/z.ts', './row.ts'],
  ['lib/scan/rules/z.ts', '../../issuance/renewal/rules/batches.ts'],
  ['lib/reporting/doctor/rules/z.ts', '../../../issuance/caa/rules/caa.ts'],
  ['lib/reporting/doctor/z.ts', '../../issuance/dns/find-zone.ts'],
  ['lib/issuance/renewal/y.ts', 'node:crypto'],
  ['lib/adapters/node/z.ts', 'node:timers/promises'],
  ['lib/issuance/renewal/z.ts', '../dns/zones.ts'],
  ['lib/scan/z.ts', '../delivery/deployment/read-host-records.ts'],
  ['lib/foundation/bucket/z.ts', '../certificate/live-pointer.ts'],
  ['lib/adapters/aws/z.ts', '@aws-sdk/client-s3'],
  ['lib/adapters/acme/z.ts', 'acme-client'],
  ['lib/adapters/net/z.ts', 'node:dns/promises'],
  ['lib/adapters/net/y.ts', 'dns-packet'],
  ['lib/adapters/aws/y.ts', '../../issuance/dns/zones.ts'],
  ['functions/z.ts', '../lib/scan/scan.ts'],
  ['functions/y.ts', '../lib/adapters/aws/s3-store.ts'],
  ['local/z.ts', '../lib/adapters/aws/s3-store.ts'],
];

// A package is listed by the nearest package.json; what is deployed imports no development dependencies, but their types.
const unlisted: Planted[] = [
  ['lib/scan/unlisted-a.ts', 'commander'],
  ['lib/scan/unlisted-b.ts', 'fast-xml-parser'],
  ['functions/unlisted.ts', 'cli-table3'],
  ['cli/unlisted.ts', 'fast-xml-parser'],
  ['test/unit/unlisted.ts', '@cloud-copilot/iam-simulate'],
  ['local/unlisted-a.ts', 'zod'],
  ['local/unlisted-b.ts', 'fast-check', "export type { Arbitrary } from 'fast-check';"],
];

const listed: Planted[] = [
  ['lib/lambda/listed-a.ts', '@middy/core'],
  [
    'lib/lambda/listed-b.ts',
    'aws-lambda',
    "import type { Context } from 'aws-lambda';\nexport type { Context };",
  ],
  ['cli/listed.ts', 'commander'],
  ['test/unit/listed.ts', 'fast-check'],
  ['local/listed-a.ts', 'fast-xml-parser'],
  ['local/listed-b.ts', 'dns-packet', "export type { Answer } from 'dns-packet';"],
];

/** Time, chance and keys are reached through the port alone. */
const past: Planted[] = [
  ['lib/scan/past-a.ts', '', 'export const now = Date.now();'],
  ['lib/scan/past-b.ts', '', 'export const today = new Date();'],
  ['lib/issuance/renewal/past-c.ts', '', 'export const chance = () => Math.random();'],
  ['lib/delivery/past-d.ts', '', 'export const began = performance.now();'],
  ['lib/foundation/common/past-e.ts', 'node:timers/promises'],
  [
    'lib/reporting/past-f.ts',
    'node:crypto',
    "import { randomBytes } from 'node:crypto';\nexport const random = randomBytes(3);",
  ],
];

let folder: string;
let faults: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-layers-'));
  for (const file of ['biome.json', 'tools/lint', 'package.json', 'local/package.json'])
    await cp(join(project, file), join(folder, file), { recursive: true });
  for (const [file, from, statement = `import * as it from '${from}';\nexport { it };`] of [
    ...refused,
    ...allowed,
    ...unlisted,
    ...listed,
    ...past,
  ]) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    await writeFile(join(folder, file), `${statement}\n`);
  }
  await writeFile(join(folder, 'lib/require.ts'), "export const fs = require('node:fs');\n");
  const circle = join(folder, 'lib/scan/circle');
  await mkdir(circle, { recursive: true });
  await writeFile(join(circle, 'one.ts'), "import type { Two } from './two.ts';\nexport type One = Two[];\n");
  await writeFile(join(circle, 'two.ts'), "import type { One } from './one.ts';\nexport type Two = One[];\n");
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

const unlistedFault = (file: string) => `${file} lint/correctness/noUndeclaredDependencies`;
const layerFault = (file: string) => `${file} lint/style/noRestrictedImports`;

describe('the layers', () => {
  it.each(past)('%s may not reach past the port %s %s', (file) => {
    expect(faults).toContain(`${file} plugin`);
  });

  it.each(refused)('%s may not import %s', (file) => {
    expect(faults).toContain(layerFault(file));
  });

  it.each(allowed)('%s may import %s', (file) => {
    expect(faults).not.toContain(layerFault(file));
  });

  it('hold no circle, not even one of types', () => {
    expect(faults).toContain('lib/scan/circle/one.ts lint/suspicious/noImportCycles');
  });

  it('are not passed by with require', () => {
    expect(faults).toContain('lib/require.ts lint/style/noCommonJs');
  });
});

describe('packages', () => {
  it.each(unlisted)('%s may not import %s, which its package.json does not list for it', (file) => {
    expect(faults).toContain(unlistedFault(file));
  });

  it.each(listed)('%s may import %s, which its package.json lists', (file) => {
    expect(faults).not.toContain(unlistedFault(file));
  });
});
