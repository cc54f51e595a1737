import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalCloud } from '../../local/cloud.ts';
import { DeployError, runServerless } from '../../local/deploy.ts';

const projectDir = join(import.meta.dirname, '../..');
let runs = 0;

/** Runs `serverless` as a person does: whether it went well, and all that it printed. */
export async function runInCloud(
  cloud: LocalCloud,
  ...args: string[]
): Promise<{ isDone: boolean; printed: string }> {
  const logFile = join(cloud.parts.dir, `serverless-${++runs}.log`);
  const isDone = await runServerless(args, { projectDir, env: cloud.env, logFile }).then(
    () => true,
    (error) => {
      if (error instanceof DeployError) return false;
      throw error;
    },
  );
  await cloud.parts.aws.adapt();
  return { isDone, printed: await readFile(logFile, 'utf8') };
}
