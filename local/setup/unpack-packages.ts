import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { aptDownload, aptFilesOf } from './apt.ts';
import { holdLock } from './hold-lock.ts';
import { runCommand } from './run-command.ts';

/** Each package's own files. */
const UNPACKED = join(import.meta.dirname, '../../.local/unpacked-packages');

/**
 * Adds the files of packages of the distribution, and of everything they depend on, to the folder `root`. Nothing is installed:
 * no service, no user, no file outside. Each package is fetched and unpacked once below .local/. `linked` files are the same
 * ones wherever they are, so nobody may write into them.
 */
export async function unpackPackages(
  packages: string[],
  root: string,
  how: 'linked' | 'copied',
): Promise<void> {
  const files = await holdLock(UNPACKED, () => unpackOnce(packages));
  await mkdir(root, { recursive: true });
  const folders = files.map((file) => `${join(UNPACKED, file)}/.`);
  await runCommand('cp', ['-a', '-f', ...(how === 'linked' ? ['-l'] : []), ...folders, root]);
}

async function unpackOnce(packages: string[]): Promise<string[]> {
  const files = await aptFilesOf(packages);
  const missing = files.filter((file) => !existsSync(join(UNPACKED, file)));
  if (missing.length === 0) return files;
  const fresh = join(UNPACKED, 'new');
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  await aptDownload(missing, fresh);
  for (const file of await readdir(fresh)) {
    await runCommand('dpkg-deb', ['-x', join(fresh, file), join(fresh, `${file}.root`)]);
    await rename(join(fresh, `${file}.root`), join(UNPACKED, file));
  }
  await rm(fresh, { recursive: true });
  return files;
}
