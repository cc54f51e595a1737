import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const RUNS = join(import.meta.dirname, '../.local/run');

/**
 * Makes a folder for one run of the local cloud, `<parent>/<process id>-<random>`, by default in `.local/run`,
 * and removes those of processes that ended without doing so. It is removed at the latest when this process exits.
 */
export async function makeRunDir(parent = RUNS): Promise<string> {
  await mkdir(parent, { recursive: true });
  const left = (await readdir(parent)).filter((name) => !isAlive(Number(name.split('-')[0])));
  await Promise.all(left.map((name) => rm(join(parent, name), { recursive: true, force: true })));
  const dir = join(parent, `${process.pid}-${randomBytes(4).toString('hex')}`);
  await mkdir(dir);
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
