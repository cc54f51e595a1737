import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runCommand } from '../../../local/setup/run-command.ts';
import { ensureSetup } from '../../../local/setup.ts';

const FETCHED = join(import.meta.dirname, '../../../.local/fetched');

/** The wheels of a requirements.txt with hashes, fetched once, for the Python of `container`'s image. */
export function fetchWheels(requirements: string, pythonVersion: string): Promise<string> {
  return fetchedFor(requirements, async (folder) => {
    const { venvBin } = await ensureSetup();
    const own = ['--disable-pip-version-check', '--no-input', '--quiet', 'download', '--require-hashes'];
    const kind = ['--python-version', pythonVersion, '--only-binary', ':all:'];
    await runCommand(join(venvBin, 'python'), [
      '-m',
      'pip',
      ...own,
      ...kind,
      ...['-r', requirements, '-d', folder],
    ]);
  });
}

/** npm's cache with the packages of a package-lock.json, fetched once. */
export function fetchNpmCache(lock: string): Promise<string> {
  return fetchedFor(lock, async (folder) => {
    const copy = join(folder, 'copy');
    await mkdir(copy);
    for (const file of ['package.json', 'package-lock.json'])
      await cp(join(dirname(lock), file), join(copy, file));
    const options = ['--ignore-scripts', '--no-audit', '--no-fund', '--cache', folder];
    await runCommand('npm', ['ci', ...options], { cwd: copy });
    await rm(copy, { recursive: true });
  });
}

/** A folder of .local/ that `fill` fills once for this content of `file`. */
async function fetchedFor(file: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const content = await readFile(file);
  const folder = join(FETCHED, createHash('sha256').update(content).digest('hex').slice(0, 16));
  if (existsSync(folder)) return folder;
  const fresh = `${folder}.${process.pid}`;
  try {
    await mkdir(fresh, { recursive: true });
    await fill(fresh);
    await rename(fresh, folder);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
  return folder;
}
