import { startAwsCli } from '../local/hosts/aws-cli/start.ts';
import { MOTO_SOCKET, startForkServer } from '../local/moto/start.ts';
import { makeRunDir } from '../local/run-dir.ts';
import { findSetup } from '../local/setup.ts';

/** Linux takes 107 characters. */
const MOST_OF_A_SOCKET_PATH = 80;

/** Loads moto and the AWS CLI once for all test files that start clouds and hosts; each takes a second of a processor and more. */
export default async function preload(): Promise<(() => Promise<void>) | undefined> {
  const setup = findSetup();
  // Each project asks.
  if (!setup || process.env[MOTO_SOCKET] !== undefined) return undefined;
  const dir = await makeRunDir();
  if (dir.length > MOST_OF_A_SOCKET_PATH) return undefined;
  const programs = await Promise.all([startForkServer({ ...setup, dir }), startAwsCli({ ...setup, dir })]);
  for (const { env } of programs) Object.assign(process.env, env);
  return async () => {
    for (const program of programs) await program.stop();
  };
}
