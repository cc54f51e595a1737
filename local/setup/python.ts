import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import type { Part } from './part.ts';
import { runCommand } from './run-command.ts';
import { SetupError } from './setup-error.ts';

/** Nothing is installed whose hash is not in the file, not even what a package brings along. */
export const PIP_INSTALL =
  '-m pip --disable-pip-version-check --no-input --quiet install --require-hashes'.split(' ');

const requirements = join(import.meta.dirname, 'requirements.txt');

/** The AWS emulator, the AWS command line, cfn-lint and shellcheck, in one virtual environment. */
export function pythonPart(home: string): Part {
  const venv = join(home, 'venv');
  return {
    name: 'python',
    title: 'moto, AWS CLI, cfn-lint and shellcheck',
    // Programs in a venv name its absolute path in their first line, so a moved clone needs a new one.
    version: `${venv}\n${readFileSync(requirements, 'utf8')}`,
    files: ['aws', 'cfn-lint', 'moto_server', 'python', 'shellcheck'].map((program) =>
      join(venv, 'bin', program),
    ),
    install: () => installPython(venv),
  };
}

async function installPython(venv: string): Promise<void> {
  const python = findProgram('python3');
  if (!python)
    throw new SetupError(
      'python3 (3.10 or newer) is missing: install it (Debian, Ubuntu: apt-get install python3-venv)',
    );
  await runCommand(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).catch(() => {
    throw new SetupError(`${python} is older than 3.10: install a newer Python and put it first on the PATH`);
  });
  await runCommand(python, ['-c', 'import venv, ensurepip']).catch(() => {
    throw new SetupError(
      `${python} has no venv module: install it (Debian, Ubuntu: apt-get install python3-venv)`,
    );
  });
  await rm(venv, { recursive: true, force: true });
  await runCommand(python, ['-m', 'venv', venv]);
  const install = [...PIP_INSTALL, '--requirement', requirements];
  await runCommand(join(venv, 'bin/python'), install).catch((cause: Error) => {
    throw new SetupError(`could not install ${requirements}: ${cause.message}`, { cause });
  });
}
