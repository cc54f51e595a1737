import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptDownload } from '../../local/setup/apt.ts';
import { findProgram } from '../../local/setup/find-program.ts';
import { runCommand } from '../../local/setup/run-command.ts';

const home = join(import.meta.dirname, '../../.local/haproxy');

/** This machine's HAProxy, or the distribution's unpacked below .local/; undefined where neither can be had. */
export async function findHaproxy(): Promise<string | undefined> {
  const installed = findProgram('haproxy');
  if (installed) return installed;
  if (!existsSync(join(home, 'haproxy'))) await unpack().catch(() => undefined);
  return existsSync(join(home, 'haproxy')) ? join(home, 'haproxy') : undefined;
}

async function unpack(): Promise<void> {
  const fresh = `${home}.${process.pid}`;
  const packages = join(fresh, 'packages');
  try {
    await mkdir(packages, { recursive: true });
    await aptDownload(['haproxy'], packages);
    for (const file of await readdir(packages))
      if (file.endsWith('.deb'))
        await runCommand('dpkg-deb', ['-x', join(packages, file), join(fresh, 'root')]);
    await rm(packages, { recursive: true });
    const folders = await runCommand('sh', [
      '-c',
      `cd '${fresh}' && find root -name '*.so*' -printf '%h\\n' | sort -u`,
    ]);
    const path = folders
      .trim()
      .split('\n')
      .map((folder) => join(home, folder))
      .join(':');
    const start = `#!/bin/sh\nLD_LIBRARY_PATH='${path}' exec '${home}/root/usr/sbin/haproxy' "$@"\n`;
    await writeFile(join(fresh, 'haproxy'), start, { mode: 0o755 });
    await rename(fresh, home);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}
