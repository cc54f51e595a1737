import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { runCommand } from './run-command.ts';

export const CERTBOT_VERSION = '5.8.0';
const requirements = join(import.meta.dirname, 'certbot.txt');
const home = join(import.meta.dirname, '../../.local');

/** certbot with its plugin for Route 53 in an environment of its own below .local/, for tests and the benchmark only; or one line that says why it cannot be had. */
export async function findCertbot(): Promise<{ program: string } | string> {
  const venv = join(home, `certbot-dns-route53-${CERTBOT_VERSION}`);
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
      '--disable-pip-version-check',
      'install',
      '--require-hashes',
      '--requirement',
      requirements,
    ]);
    return { program };
  } catch (error) {
    await rename(venv, `${venv}.${process.pid}`).catch(() => undefined);
    await rm(`${venv}.${process.pid}`, { recursive: true, force: true });
    return `SKIPPED: certbot ${CERTBOT_VERSION} cannot be installed: ${(error as Error).message.split('\n')[0]}`;
  }
}
