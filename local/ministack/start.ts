import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findProgram } from '../setup/find-program.ts';

export interface Ministack {
  url: string;
  /** what it printed */
  logFile: string;
  stop(): Promise<void>;
}

export class MinistackError extends Error {
  override name = 'MinistackError';
}

export interface MinistackOptions {
  /** the program */
  program: string;
  /** of the loopback address, free */
  port: number;
  /** its log goes here */
  dir: string;
  /** all else that it keeps; in no Node project, as it runs scripts of its own from there */
  workDir: string;
  /** added to its environment, which functions get too */
  env: Record<string, string>;
}

export const MINISTACK_ACCOUNT = '123456789012';
const START_LIMIT_MS = 30_000;

/** Starts MiniStack on the loopback address, with functions as processes of this machine. */
export async function startMinistack({
  program,
  port,
  dir,
  workDir,
  env,
}: MinistackOptions): Promise<Ministack> {
  const logFile = join(dir, 'ministack.log');
  const log = openSync(logFile, 'a');
  // A process that is killed cannot stop its children; the kernel can.
  const launcher = findProgram('setpriv') ? ['setpriv', '--pdeathsig', 'TERM'] : [];
  const [file = program, ...args] = [...launcher, program];
  const server = spawn(file, args, {
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH ?? '',
      HOME: workDir,
      TMPDIR: workDir,
      BIND_HOST: '127.0.0.1',
      GATEWAY_PORT: String(port),
      MINISTACK_ACCOUNT_ID: MINISTACK_ACCOUNT,
      MINISTACK_REGION: 'us-east-1',
      LAMBDA_EXECUTOR: 'local',
      // Policies are enforced.
      AUTH: 'true',
      // What would listen at ports of its own.
      IOT_MTLS_ENABLED: '0',
      SFTP_ENABLED: '0',
      // No containers: of the services that need some none is asked for.
      DOCKER_HOST: `unix://${join(workDir, 'no-docker.sock')}`,
      AWS_ACCESS_KEY_ID: 'local',
      AWS_SECRET_ACCESS_KEY: 'local',
      AWS_EC2_METADATA_DISABLED: 'true',
      ...env,
    },
  });
  closeSync(log);
  const exited = once(server, 'exit').catch(() => []);
  const kill = () => void server.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async () => {
    process.off('exit', kill);
    server.kill('SIGTERM');
    await Promise.race([exited, sleep(5000, undefined, { ref: false }).then(kill)]);
    await exited;
  };
  const url = `http://127.0.0.1:${port}`;
  const deadline = Date.now() + START_LIMIT_MS;
  while (!(await isUp(url))) {
    if (server.exitCode === null && Date.now() < deadline) await sleep(100);
    else {
      await stop();
      throw new MinistackError(`MiniStack did not start; see ${logFile}`);
    }
  }
  return { url, logFile, stop };
}

async function isUp(url: string): Promise<boolean> {
  return fetch(`${url}/_ministack/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}
