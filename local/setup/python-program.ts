import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { PIP_INSTALL } from './python.ts';
import { runCommand } from './run-command.ts';

const LOCAL = join(import.meta.dirname, '../../.local');

/** A program that PyPI has; what is installed is in `<requirements>.txt` beside this file, with hashes. */
export interface PythonProgram {
  name: string;
  version: string;
  requirements: string;
}

/** The program in an environment of its own below .local/, installed once; or one line that says why it cannot be had. */
export async function findPythonProgram(wanted: PythonProgram): Promise<{ program: string } | string> {
  const { name, version, requirements } = wanted;
  const venv = join(LOCAL, `venv-${requirements}-${version}`);
  const program = join(venv, 'bin', name);
  if (existsSync(program)) return { program };
  const python = findProgram('python3');
  if (!python) return `SKIPPED: there is no python3 to install ${name} with`;
  try {
    await runCommand(python, ['-m', 'venv', venv]);
    const file = join(import.meta.dirname, `${requirements}.txt`);
    await runCommand(join(venv, 'bin/python'), [...PIP_INSTALL, '--requirement', file]);
    return { program };
  } catch (error) {
    await rename(venv, `${venv}.${process.pid}`).catch(() => undefined);
    await rm(`${venv}.${process.pid}`, { recursive: true, force: true });
    return `SKIPPED: ${name} ${version} cannot be installed: ${(error as Error).message.split('\n')[0]}`;
  }
}
