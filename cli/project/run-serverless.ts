import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, sep } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PROJECT, settingsFile } from './project.ts';
import { ProjectError } from './project-error.ts';

export interface ServerlessOptions {
  stage?: string | undefined;
  region?: string | undefined;
  /** `name=value`, each for this command alone. */
  params?: readonly string[] | undefined;
}

/** What the options are for serverless. */
export function serverlessArguments({ stage, region, params = [] }: ServerlessOptions): string[] {
  return [
    ...(stage === undefined ? [] : ['--stage', stage]),
    ...(region === undefined ? [] : ['--region', region]),
    ...params.map((param) => `--param=${param}`),
  ];
}

/** Runs the project's own serverless with the settings of this folder; its exit status. What it prints goes to the terminal. */
export async function runServerless(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [program(), ...args], {
    cwd: PROJECT,
    stdio: 'inherit',
    env: environment(),
  });
  const [status] = await once(child, 'exit');
  return status ?? 1;
}

/** As {@link runServerless}, in silence; throws {@link ProjectError} with what it printed at the end. */
export async function runServerlessQuietly(args: readonly string[], temporary: string): Promise<void> {
  const child = spawn(process.execPath, [program(), ...args], {
    cwd: PROJECT,
    stdio: ['ignore', 'pipe', 'pipe'],
    // What it packs it leaves in the folder for temporary files.
    env: { ...environment(), TMPDIR: temporary },
  });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  const [status] = await once(child, 'close');
  if (status !== 0)
    throw new ProjectError('serverless-failed', `serverless ${args[0]}: ${complaintIn(printed)}`);
}

/** Of what serverless prints when it fails, the lines after its heading. */
function complaintIn(printed: string): string {
  const [, error = printed] = printed.split(/^Error:\n/m);
  const lines = error.split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '' && !line.startsWith('Cannot resolve serverless.yml'))
    .slice(0, 3)
    .join(' ');
}

const program = () =>
  join(dirname(createRequire(import.meta.url).resolve('serverless/package.json')), 'bin/serverless.js');

function environment(): NodeJS.ProcessEnv {
  const file = settingsFile();
  const { PERENNIAL_SETTINGS: named, NODE_OPTIONS: options = '', ...inherited } = process.env;
  const settings = named === '' ? '' : existsSync(file) ? file : named;
  return {
    ...inherited,
    SLS_TELEMETRY_DISABLED: '1',
    SLS_NOTIFICATIONS_MODE: 'off',
    ...(settings !== undefined && { PERENNIAL_SETTINGS: settings }),
    // See strip-types.mjs.
    NODE_OPTIONS: PROJECT.includes(`${sep}node_modules${sep}`)
      ? `${options} --import ${pathToFileURL(join(PROJECT, 'cli/strip-types.mjs')).href}`
      : options,
  };
}
