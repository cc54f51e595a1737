import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { LocalCloud } from '../../local/cloud.ts';
import { commandsOf } from './documentation/read-commands.ts';
import { runInCloud } from './serverless-runs.ts';

const PROJECT = join(import.meta.dirname, '../..');
const PAGE = 'docs/operate/lifecycle.md';
const LIMIT_MS = 300_000;

/** The commands with which the page has a stack moved to another region, with what a reader fills in. */
export async function documentedMove(filled: {
  bucket: string;
  to: string;
  from: string;
  region: string;
}): Promise<string[]> {
  const page = await readFile(join(PROJECT, PAGE), 'utf8');
  const [, section = ''] = page.split(/^\*\*To another region\*\*|^As after/m);
  return filledIn(section, filled);
}

/** The commands with which the page has a bucket emptied of all versions, and deleted. */
export async function documentedDeletion(bucket: string): Promise<string[]> {
  const page = await readFile(join(PROJECT, PAGE), 'utf8');
  const [, section = ''] = page.split(/^\*\*The bucket\*\*|^## Coming back/m);
  return filledIn(section, { bucket, to: '', from: '', region: '' });
}

function filledIn(
  section: string,
  filled: { bucket: string; to: string; from: string; region: string },
): string[] {
  return commandsOf(PAGE, section).map(({ command }) =>
    command
      .replaceAll('NEW-BUCKET', filled.to)
      .replaceAll('OLD-REGION', filled.from)
      .replaceAll('BUCKET', filled.bucket)
      .replaceAll('REGION', filled.region)
      .replaceAll('STAGE', 'local'),
  );
}

/** Runs a line of the page in a shell of the cloud: what it prints, and whether it went well. */
export function runDocumented(
  cloud: LocalCloud,
  command: string,
): Promise<{ isDone: boolean; printed: string }> {
  const serverless = /^npx serverless (.*)$/.exec(command)?.[1];
  if (serverless) return runInCloud(cloud, ...serverless.replaceAll('"', '').split(' '));
  const env = {
    ...process.env,
    ...cloud.env,
    PATH: [cloud.parts.venvBin, process.env.PATH].join(delimiter),
  };
  return new Promise((resolve) => {
    const cwd = cloud.parts.dir;
    const child = execFile('sh', ['-c', command], { cwd, env, timeout: LIMIT_MS }, (error, stdout, stderr) =>
      resolve({ isDone: error === null, printed: `${stdout}${stderr}` }),
    );
    child.stdin?.end();
  });
}
