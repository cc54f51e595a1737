import { rmSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

const RUNS = join(import.meta.dirname, '../.local/run');

/**
 * Makes a folder for one run of the local cloud, `<parent>/<prefix><process id>-<random>`, by default in `.local/run`, and
 * removes those of processes that ended without doing so. It is removed at the latest when this process exits. Only this user
 * can enter one in another parent; in `.local/run` hosts have users of their own, who have to reach their programs.
 */
export async function makeRunDir(parent = RUNS, prefix = ''): Promise<string> {
  await mkdir(parent, { recursive: true });
  const left = (await readdir(parent)).filter((name) => isLeft(name, prefix));
  // In the folder for temporary files those of other users are theirs.
  await Promise.all(
    left.map((name) => rm(join(parent, name), { recursive: true, force: true }).catch(() => undefined)),
  );
  const dir = await mkdtemp(join(parent, `${prefix}${process.pid}-`));
  if (parent === RUNS) await chmod(dir, 0o755);
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

function isLeft(name: string, prefix: string): boolean {
  const [, pid] = /^(\d+)-\w+$/.exec(name.startsWith(prefix) ? name.slice(prefix.length) : '') ?? [];
  return pid !== undefined && !isAlive(Number(pid));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
