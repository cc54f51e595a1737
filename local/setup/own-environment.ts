import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { PIP_INSTALL } from './python.ts';
import { runCommand } from './run-command.ts';

export interface OwnEnvironment {
  /** what a person knows it by, with its version */
  title: string;
  /** below `.local/`, with the version */
  folder: string;
  /** the file with every package and its hashes */
  requirements: string;
  /** what is run */
  program: string;
}

const home = join(import.meta.dirname, '../../.local');

/** A Python program in an environment of its own below .local/, installed when first asked for; or one line that says why it cannot be had. */
export async function findInOwnEnvironment({
  title,
  folder,
  requirements,
  program: name,
}: OwnEnvironment): Promise<{ program: string } | string> {
  const venv = join(home, folder);
  const program = join(venv, 'bin', name);
  if (existsSync(program)) return { program };
  const python = findProgram('python3');
  if (!python) return `there is no python3 to install ${title} with`;
  try {
    await runCommand(python, ['-m', 'venv', venv]);
    await runCommand(join(venv, 'bin/python'), [...PIP_INSTALL, '--requirement', requirements]);
    return { program };
  } catch (error) {
    await rename(venv, `${venv}.${process.pid}`).catch(() => undefined);
    await rm(`${venv}.${process.pid}`, { recursive: true, force: true });
    return `${title} cannot be installed: ${(error as Error).message.split('\n')[0]}`;
  }
}
