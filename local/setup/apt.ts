import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import { holdLock } from './hold-lock.ts';
import { runCommand } from './run-command.ts';
import { SetupError } from './setup-error.ts';

const SHARED = join(import.meta.dirname, '../../.local/apt');
const LISTS_KEPT_MS = 3_600_000;

/** Installs packages of the distribution; a second time it changes nothing. Throws SetupError when this is not ours to do. */
export async function aptInstall(packages: string[]): Promise<void> {
  if (!findProgram('apt-get')) throw new SetupError('there is no apt-get here');
  if (process.getuid?.() !== 0) throw new SetupError(`run once: sudo apt-get install ${packages.join(' ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await runCommand('apt-get', ['-qq', 'update'], { env });
  await runCommand('apt-get', ['-qq', '--yes', '--no-install-recommends', 'install', ...packages], { env });
}

/**
 * The files (`haproxy_2.6.12-1_amd64.deb`) of packages and everything they depend on, whatever is installed on this machine.
 * Needs no root: apt-get gets an empty list of installed packages, and lists and caches of its own in .local/.
 */
export async function aptFilesOf(packages: string[]): Promise<string[]> {
  if (!findProgram('apt-get')) throw new SetupError('there is no apt-get here');
  await holdLock(SHARED, readLists);
  const printed = await aptGet(['--yes', '--no-install-recommends', '--print-uris', 'install', ...packages]);
  return [...printed.matchAll(/^'\S+' (\S+\.deb) /gm)].map(([, file = '']) => file);
}

/** Downloads what `aptFilesOf` named into `folder`, under the same names. */
export async function aptDownload(files: string[], folder: string): Promise<void> {
  const exact = files.map((file) => {
    const [name, version = ''] = file.split('_');
    return `${name}=${decodeURIComponent(version)}`;
  });
  await aptGet(['download', ...exact], folder);
}

/** Reads what the distribution has, for all downloads of an hour: that takes three seconds of a processor. */
async function readLists(): Promise<void> {
  const stamp = join(SHARED, 'read');
  const readAt = await stat(stamp).then(
    ({ mtimeMs }) => mtimeMs,
    () => 0,
  );
  if (Date.now() - readAt < LISTS_KEPT_MS) return;
  for (const part of ['lists/partial', 'cache/archives/partial'])
    await mkdir(join(SHARED, part), { recursive: true });
  await writeFile(join(SHARED, 'status'), '');
  await aptGet(['update']);
  await writeFile(stamp, '');
}

function aptGet(args: string[], cwd = SHARED): Promise<string> {
  const own = [
    ['Dir::State::lists', `${SHARED}/lists`],
    ['Dir::State::status', `${SHARED}/status`],
    ['Dir::Cache', `${SHARED}/cache`],
    // Images of containers turn this off, and reading the lists anew takes most of a second.
    ['Dir::Cache::pkgcache', 'pkgcache.bin'],
    ['Debug::NoLocking', '1'],
    ['APT::Sandbox::User', ''],
  ].flatMap(([key, value]) => ['-o', `${key}=${value}`]);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  return runCommand('apt-get', ['-qq', ...own, ...args], { cwd, env });
}
