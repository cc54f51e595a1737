import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepBundles } from '../../local/bundles/environment.ts';
import { npmProgram, PROJECT, runTool } from '../../tools/check/run-tool.ts';

const CONFIGURATION = `service: small
provider: { name: aws, runtime: nodejs24.x, region: us-east-1, environment: { COLOR: "\${env:COLOR}" } }
package: { individually: true }
plugins: [serverless-esbuild]
custom: { esbuild: { format: esm, outputFileExtension: .mjs, plugins: resources/esbuild.cjs } }
functions: { small: { handler: functions/small.handler } }
`;
const COUNTS = `const { appendFileSync } = require('node:fs');
module.exports = [{ name: 'count', setup: () => appendFileSync('built', 'built\\n') }];
`;
let project: string;

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'perennial-kept-'));
  for (const folder of ['functions', 'resources']) await mkdir(join(project, folder));
  await symlink(join(PROJECT, 'node_modules'), join(project, 'node_modules'));
  await writeFile(join(project, 'serverless.yml'), CONFIGURATION);
  await writeFile(join(project, 'resources/esbuild.cjs'), COUNTS);
  await writeFile(join(project, 'functions/small.ts'), 'export const handler = async () => 1;\n');
});

afterAll(() => rm(project, { recursive: true, force: true }));

async function pack(color: string) {
  const env = { ...keepBundles(project, {}), COLOR: color, SLS_TELEMETRY_DISABLED: '1', TMPDIR: project };
  await runTool(npmProgram('serverless'), ['package'], { cwd: project, env });
  const read = (file: string) => readFile(join(project, '.serverless', file));
  return {
    zip: createHash('sha256')
      .update(await read('small.zip'))
      .digest('hex'),
    color: /"COLOR": "(\w+)"/.exec(`${await read('cloudformation-template-update-stack.json')}`)?.[1],
    builds: (await readFile(join(project, 'built'), 'utf8')).trim().split('\n').length,
  };
}

it('serverless packs for other settings what it bundled before', async () => {
  const first = await pack('red');
  expect(first).toMatchObject({ color: 'red', builds: 1 });
  expect(await pack('blue')).toEqual({ ...first, color: 'blue' });
});
