import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { writeTool } from '../tools.ts';

export interface AwsCli {
  /** the folder with `aws`, for a PATH */
  folder: string;
  stop(): Promise<void>;
}

/**
 * The AWS CLI of `venvBin`, loaded once for all hosts of `dir`: by itself it takes a second of a processor for each call, and a
 * script on a host makes four or more. Until it is loaded, and where it cannot be, each call starts the program itself.
 */
export async function startAwsCli({ venvBin, dir }: { venvBin: string; dir: string }): Promise<AwsCli> {
  const folder = join(dir, 'aws-cli');
  const [python, socket] = [join(venvBin, 'python'), join(folder, 'socket')];
  const call = join(import.meta.dirname, 'call.py');
  await writeTool(folder, 'aws', { command: [python, '-I', '-S', call, socket, join(venvBin, 'aws')] });
  const server = spawn(python, ['-B', join(import.meta.dirname, 'serve.py'), socket], {
    stdio: ['pipe', 'ignore', 'ignore'],
    env: { PATH: process.env.PATH ?? '', HOME: folder, LC_ALL: 'C', AWS_EC2_METADATA_DISABLED: 'true' },
  });
  const exited = once(server, 'exit').catch(() => []);
  return {
    folder,
    async stop() {
      server.kill('SIGKILL');
      await exited;
    },
  };
}
