import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface Moto {
  url: string;
  stop(): Promise<void>;
}

export class MotoError extends Error {
  override name = 'MotoError';
}

const START_LIMIT_MS = 60_000;
const SERVE = fileURLToPath(new URL('serve.py', import.meta.url));
const FORK_SERVER = fileURLToPath(new URL('fork_server.py', import.meta.url));

/** Holds the socket of `startForkServer`, where there is one. */
export const MOTO_SOCKET = 'LOCAL_MOTO_SOCKET';

/**
 * Starts a moto server on a free port of the loopback address.
 * `venvBin` is the `bin` folder of a Python environment with local/moto/requirements.txt; what moto
 * prints goes to `<dir>/moto.log`. The server also ends when this process does.
 * Where the environment has MOTO_SOCKET, the server is forked from a moto that is loaded already.
 */
export async function startMoto({ venvBin, dir }: { venvBin: string; dir: string }): Promise<Moto> {
  const logFile = join(dir, 'moto.log');
  const linted = join(venvBin, '../../linted');
  const socket = process.env[MOTO_SOCKET];
  if (socket !== undefined) return fork(socket, { linted, log: logFile });
  const server = spawn(join(venvBin, 'python'), ['-B', SERVE, linted], {
    stdio: 'pipe',
    env: environment(dir),
  });
  server.stderr.pipe(createWriteStream(logFile, { flags: 'a' }));
  const exited = once(server, 'exit').catch(() => []);
  const firstLine = once(createInterface(server.stdout), 'line', {
    signal: AbortSignal.timeout(START_LIMIT_MS),
  });
  const [port] = await Promise.race([firstLine, exited.then(() => [])]);
  if (port === undefined) throw new MotoError(`moto did not start; see ${logFile}`);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      server.kill('SIGKILL');
      await exited;
    },
  };
}

async function fork(path: string, wanted: { linted: string; log: string }): Promise<Moto> {
  const connection = createConnection(path);
  connection.write(`${JSON.stringify(wanted)}\n`);
  const signal = AbortSignal.timeout(START_LIMIT_MS);
  const [port] = await once(createInterface(connection), 'line', { signal });
  connection.on('error', () => {});
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => void connection.destroy(),
  };
}

/** Loads moto once for all processes that have `env` in their environment. */
export async function startForkServer({ venvBin, dir }: { venvBin: string; dir: string }) {
  const path = join(dir, 'moto.sock');
  const server = spawn(join(venvBin, 'python'), ['-B', FORK_SERVER, path], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: environment(dir),
  });
  await once(createInterface(server.stdout), 'line', { signal: AbortSignal.timeout(START_LIMIT_MS) });
  return { env: { [MOTO_SOCKET]: path }, stop: () => void server.kill('SIGKILL') };
}

/** boto3, which parts of moto use, must not look for anyone's real credentials. */
function environment(dir: string): Record<string, string> {
  return {
    PATH: process.env.PATH ?? '',
    HOME: dir,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  };
}
