import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { holdLock } from './hold-lock.ts';
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
export async function findPythonProgram(
  wanted: PythonProgram,
  local = LOCAL,
): Promise<{ program: string } | string> {
  const { name, version, requirements } = wanted;
  const venv = join(local, `venv-${requirements}-${version}`);
  const program = join(venv, 'bin', name);
  // pip writes the program before the packages that it needs, so only its end tells that all are there.
  const complete = join(venv, 'complete');
  if (existsSync(complete)) return { program };
  const python = findProgram('python3');
  if (!python) return `SKIPPED: there is no python3 to install ${name} with`;
  try {
    await holdLock(venv, async () => {
      if (existsSync(complete)) return;
      await rm(venv, { recursive: true, force: true });
      await runCommand(python, ['-m', 'venv', venv]);
      const file = join(import.meta.dirname, `${requirements}.txt`);
      await runCommand(join(venv, 'bin/python'), [...PIP_INSTALL, '--requirement', file]);
      await writeFile(complete, '');
    });
    return { program };
  } catch (error) {
    return `SKIPPED: ${name} ${version} cannot be installed: ${(error as Error).message.split('\n')[0]}`;
  }
}
