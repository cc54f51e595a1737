import { existsSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from './run-command.ts';
import { unpackPackages } from './unpack-packages.ts';

const LOCAL = join(import.meta.dirname, '../../.local');

/** A program of a Debian package; `file` is where the package has it. */
export interface DebianProgram {
  name: string;
  packageName: string;
  file: string;
}

/** An unpacked program, and the root folder with all that it depends on. */
export interface UnpackedProgram {
  program: string;
  root: string;
}

/** The program unpacked below .local/, fetched once, nothing installed; or one line that says why it cannot be had. */
export async function findDebianProgram(wanted: DebianProgram): Promise<UnpackedProgram | string> {
  const home = join(LOCAL, wanted.name);
  const found = { program: join(home, wanted.name), root: join(home, 'root') };
  if (existsSync(found.program)) return found;
  try {
    await unpack(wanted, home);
  } catch (error) {
    if (!existsSync(found.program))
      return `SKIPPED: the Debian package ${wanted.packageName} cannot be fetched: ${(error as Error).message.split('\n')[0]}`;
  }
  return found;
}

async function unpack({ name, packageName, file }: DebianProgram, home: string): Promise<void> {
  const fresh = `${home}.${process.pid}`;
  try {
    await unpackPackages([packageName], join(fresh, 'root'), 'linked');
    const folders = await runCommand('sh', [
      '-c',
      `cd '${fresh}' && find root -name '*.so*' -printf '%h\\n' | sort -u`,
    ]);
    const path = folders
      .trim()
      .split('\n')
      .map((folder) => join(home, folder))
      .join(':');
    const start = `#!/bin/sh\nLD_LIBRARY_PATH='${path}' exec '${join(home, 'root', file)}' "$@"\n`;
    await writeFile(join(fresh, name), start, { mode: 0o755 });
    await rename(fresh, home);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}
