import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalCloud } from '../../local/cloud.ts';
import { runServerless } from '../../local/deploy.ts';
import { deployPackage } from '../../local/deploy-package.ts';
import { fillStandIns, packageProject } from '../../local/package.ts';

const projectDir = join(import.meta.dirname, '../..');
const FILE = join(import.meta.dirname, 'fixtures/template-before.json');
/** Stands in the fixture for the folder of the packed functions. */
const CODE = 'CODE';

/**
 * The template that the stage `local` had before an update: that of 0.1.0 before its alarms and its bucket's policy of deletion
 * were others, a line for each resource, without the script of the SSM document.
 */
export const readTemplateBefore = () => readFile(FILE, 'utf8');

/** Deploys the template of before, with the functions of today. */
export async function deployBefore(cloud: LocalCloud): Promise<void> {
  const { env, parts } = cloud;
  const folder = join(parts.dir, 'before');
  const logFile = join(parts.dir, 'before.log');
  await packageProject({ projectDir, env, folder }, (args, settings) =>
    runServerless(args, { projectDir, env: settings, logFile }),
  );
  const state = JSON.parse(await readFile(join(folder, 'serverless-state.json'), 'utf8'));
  const template = fillStandIns(await readTemplateBefore(), env).replaceAll(
    `"${CODE}/`,
    `"${state.package.artifactDirectoryName}/`,
  );
  await writeFile(join(folder, 'cloudformation-template-update-stack.json'), template);
  await deployPackage(folder, { stackName: 'perennial-local', env });
  await parts.aws.adapt();
}
