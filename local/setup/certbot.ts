import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { runCommand } from './run-command.ts';

const VERSION = '5.8.0';
const home = join(import.meta.dirname, '../../.local');

/** certbot in an environment of its own below .local/, for tests only; or one line that says why it cannot be had. */
export async function findCertbot(): Promise<{ program: string } | string> {
  const venv = join(home, `certbot-${VERSION}`);
  const program = join(venv, 'bin/certbot');
  if (existsSync(program)) return { program };
  const python = findProgram('python3');
  if (!python) return 'SKIPPED: there is no python3 to install certbot with';
  try {
    await runCommand(python, ['-m', 'venv', venv]);
    await runCommand(join(venv, 'bin/python'), [
      '-m',
      'pip',
      '--quiet',
      '--no-input',
      'install',
      `certbot==${VERSION}`,
    ]);
    return { program };
  } catch (error) {
    await rename(venv, `${venv}.${process.pid}`).catch(() => undefined);
    await rm(`${venv}.${process.pid}`, { recursive: true, force: true });
    return `SKIPPED: certbot ${VERSION} cannot be installed: ${(error as Error).message.split('\n')[0]}`;
  }
}
