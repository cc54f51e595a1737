import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { keepBundles } from './bundles/environment.ts';
import { deployPackage } from './deploy-package.ts';
import { packageProject } from './package.ts';
import { holdLock } from './setup/hold-lock.ts';

export class DeployError extends Error {
  override name = 'DeployError';
}

export interface DeployOptions {
  /** the folder with serverless.yml */
  projectDir: string;
  /** what `serverless` gets in addition to this process's environment */
  env: Record<string, string>;
  /** gets everything that it prints */
  logFile: string;
  /** for a cloud without a stack: takes what was packed of the same project before, which saves most of the time */
  reusePackage?: boolean;
  /** changes what was packed of the project, in its folder, before `serverless deploy` takes it from there */
  changePackage?: (folder: string) => Promise<void>;
}

/** For Go's runtime: esbuild ends with the package, and a quarter of what a package costs was collecting its garbage. */
export const WITHOUT_COLLECTING = { GOGC: 'off' };
const SERVERLESS = join(import.meta.dirname, '../node_modules/.bin/serverless');
const RUN_LIMIT_MS = 300_000;
const LINES_TO_SHOW = 15;
const STACK = 'perennial-local';

/** Runs the real `serverless deploy`, of the project or of what was packed of it; or deploys what it packed before of the same project. */
export async function deployProject(options: DeployOptions): Promise<void> {
  const { projectDir, env, logFile, reusePackage, changePackage } = options;
  const build = (args: string[], buildEnv: Record<string, string>) =>
    runServerless(args, { ...options, env: buildEnv });
  if (!reusePackage && !changePackage) return build(['deploy'], env);
  const folder = join(dirname(logFile), 'package');
  await packageProject({ projectDir, env, folder }, build);
  if (changePackage) {
    await changePackage(folder);
    return build(['deploy', '--package', folder], env);
  }
  await deployPackage(folder, { stackName: STACK, env });
}

/** Runs `serverless` with these arguments; one at a time for a project, as it builds in a folder of the project. Throws DeployError. */
export function runServerless(args: string[], options: DeployOptions): Promise<void> {
  return holdLock(join(options.projectDir, '.serverless'), () => spawnServerless(args, options));
}

async function spawnServerless(args: string[], { projectDir, env, logFile }: DeployOptions): Promise<void> {
  const log = openSync(logFile, 'a');
  const child = spawn(SERVERLESS, args, {
    cwd: projectDir,
    stdio: ['ignore', log, log],
    // What it packs it leaves in the folder for temporary files.
    env: { ...serverlessEnvironment(projectDir, env), TMPDIR: dirname(logFile) },
    timeout: RUN_LIMIT_MS,
    killSignal: 'SIGKILL',
  });
  closeSync(log);
  const [status] = await once(child, 'exit');
  if (status === 0) return;
  const end = (await readFile(logFile, 'utf8')).trimEnd().split('\n').slice(-LINES_TO_SHOW);
  throw new DeployError(`serverless ${args[0]} failed:\n${end.join('\n')}`);
}

function serverlessEnvironment(projectDir: string, env: Record<string, string>): NodeJS.ProcessEnv {
  // A profile would win over the credentials of the local cloud.
  const { AWS_PROFILE: _, ...inherited } = process.env;
  return {
    ...inherited,
    ...env,
    ...WITHOUT_COLLECTING,
    ...keepBundles(projectDir, process.env),
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    // Between looks at the stack's progress; moto has it done at once.
    SLS_AWS_MONITORING_FREQUENCY: '100',
  };
}
