import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { runCommand } from './run-command.ts';
import { SetupError } from './setup-error.ts';

/** Installs packages of the distribution; a second time it changes nothing. Throws SetupError when this is not ours to do. */
export async function aptInstall(packages: string[]): Promise<void> {
  if (!findProgram('apt-get')) throw new SetupError('there is no apt-get here');
  if (process.getuid?.() !== 0) throw new SetupError(`run once: sudo apt-get install ${packages.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['-qq', 'update'], { env });
  await runCommand('apt-get', ['-qq', '--yes', '--no-install-recommends', 'install', ...packages], { env });
}

/**
 * Downloads packages with everything they depend on, whatever is installed on this machine, into `folder`.
 * Needs no root: apt-get gets an empty list of installed packages, and lists and caches of its own there.
 */
export async function aptDownload(packages: string[], folder: string): Promise<void> {
  if (!findProgram('apt-get')) throw new SetupError('there is no apt-get here');
  for (const part of ['lists/partial', 'cache', 'partial'])
    await mkdir(join(folder, part), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  const own = [
    ['Dir::State::lists', `${folder}/lists`],
    ['Dir::State::status', `${folder}/status`],
    ['Dir::Cache', `${folder}/cache`],
    ['Dir::Cache::archives', folder],
    ['Debug::NoLocking', '1'],
    ['APT::Sandbox::User', ''],
  ].flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['-qq', ...own, 'update'], { env });
  const install = ['--yes', '--no-install-recommends', '--download-only', 'install', ...packages];
  await runCommand('apt-get', ['-qq', ...own, ...install], { env });
}
