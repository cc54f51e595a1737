import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { writeTool } from '../tools.ts';

/** Holds the socket of an AWS CLI that is loaded already, where there is one. */
const AWS_CLI_SOCKET = 'LOCAL_AWS_CLI_SOCKET';

export interface AwsCli {
  /** the folder with `aws`, for a PATH */
  folder: string;
  env: Record<string, string>;
  stop(): Promise<void>;
}

/**
 * The AWS CLI of `venvBin`, loaded once for all hosts of `dir`: by itself it takes a second of a processor for each call, and a
 * script on a host makes four or more. Until it is loaded, and where it cannot be, each call starts the program itself.
 * Processes that have `env` in their environment share it.
 */
export async function startAwsCli({ venvBin, dir }: { venvBin: string; dir: string }): Promise<AwsCli> {
  const folder = join(dir, 'aws-cli');
  const python = join(venvBin, 'python');
  const shared = process.env[AWS_CLI_SOCKET];
  const socket = shared ?? join(folder, 'socket');
  const call = join(import.meta.dirname, 'call.py');
  await writeTool(folder, 'aws', { command: [python, '-I', '-S', call, socket, join(venvBin, 'aws')] });
  const env = { [AWS_CLI_SOCKET]: socket };
  if (shared !== undefined) return { folder, env, stop: async () => {} };
  const server = spawn(python, ['-B', join(import.meta.dirname, 'serve.py'), socket], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH ?? '', HOME: folder, LC_ALL: 'C', AWS_EC2_METADATA_DISABLED: 'true' },
  });
  const exited = once(server, 'exit').catch(() => []);
  return {
    folder,
    env,
    async stop() {
      server.kill('SIGKILL');
      await exited;
    },
  };
}
