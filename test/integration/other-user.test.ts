import { execFile } from 'node:child_process';
import {
  access,
  cp,
  lchown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRunDir } from '../../local/run-dir.ts';
import { runCommand } from '../../local/setup/run-command.ts';
import { ensureSetup } from '../../local/setup.ts';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '../..');
const NOT_CLONED = ['node_modules', '.local', '.git', '.serverless', '.esbuild', 'coverage'];
/** Somebody who owns nothing on this machine and is in no group. */
const OTHER = 54_321;

describe.skipIf(process.getuid?.() !== 0)('another user of the machine (needs root to become one)', () => {
  let home: string;
  let folder: string;

  beforeAll(async () => {
    await ensureSetup();
    home = await mkdtemp(join(tmpdir(), 'perennial-other-'));
    folder = join(home, 'perennial');
    await cp(PROJECT, folder, {
      recursive: true,
      filter: (source) => !NOT_CLONED.includes(basename(source)) || source === PROJECT,
    });
    await symlink(join(PROJECT, 'node_modules'), join(folder, 'node_modules'));
    await setUpAgain(join(folder, '.local'));
    await giveTo(home);
  });
  afterAll(async () => {
    // podman keeps a process that holds its user's namespace.
    for (const pid of (await readdir('/proc')).map(Number).filter((one) => one > 0))
      if ((await stat(`/proc/${pid}`).catch(() => undefined))?.uid === OTHER) process.kill(pid, 'SIGKILL');
    const engine = [`podman-run-${OTHER}`, `containers-user-${OTHER}`].map((name) => join(tmpdir(), name));
    for (const left of [home, ...engine]) await rm(left, { recursive: true, force: true });
  });

  /** As a set-up of his own would have it: programs are the ones of this clone, and he writes to what a container writes to. */
  async function setUpAgain(local: string): Promise<void> {
    const ours = join(PROJECT, '.local');
    await mkdir(local);
    for (const name of ['venv', 'bin']) await symlink(join(ours, name), join(local, name));
    await cp(join(ours, 'nginx-rootfs'), join(local, 'nginx-rootfs'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    const { parts } = JSON.parse(await readFile(join(ours, 'setup.json'), 'utf8'));
    parts.python = parts.python.replace(join(ours, 'venv'), join(local, 'venv'));
    await writeFile(join(local, 'setup.json'), JSON.stringify({ parts }));
  }

  async function giveTo(path: string): Promise<void> {
    await lchown(path, OTHER, OTHER);
    for (const name of await readdir(path, { recursive: true })) await lchown(join(path, name), OTHER, OTHER);
  }

  /** Runs a program as that user; where the set-up's Python is in a folder of root alone, that is shown to him. */
  async function asOther(...command: string[]) {
    const python = await runCommand(join(PROJECT, '.local/venv/bin/python'), [
      '-c',
      'import sys; print(sys.base_prefix)',
    ]);
    const env = { HOME: home, PATH: process.env.PATH ?? '', TMPDIR: tmpdir(), LC_ALL: 'C.UTF-8' };
    const show = `
      if [ -n "$1" ]; then
        mkdir "$0/python" && mount --bind "$1" "$0/python" && mount -t tmpfs -o mode=755 none /root
        mkdir -p "$1" && mount --bind "$0/python" "$1"
      fi
      shift; exec setpriv --reuid ${OTHER} --regid ${OTHER} --clear-groups "$@"`;
    const hidden = python.startsWith('/root/') ? python.trim() : '';
    const args = ['--mount', 'sh', '-c', show, home, hidden, ...command];
    return run('unshare', args, { cwd: folder, env, timeout: 400_000 }).catch(
      (error: { stdout: string; stderr: string }) => error,
    );
  }

  it('runs the demo without hosts, without root and without a container engine', async () => {
    const { stdout, stderr } = await asOther(process.execPath, 'local/demo.ts', '--no-hosts');
    expect(`${stdout}${stderr}`).toMatch(
      /\ndemo: 2 renewed, 1 not due, 1 rejected, without hosts, in \d+ s\n$/,
    );
  }, 420_000);

  it("finds folders for temporary files that are nobody else's", async () => {
    const own = await makeRunDir(tmpdir(), 'perennial-code-');
    const program = `import { makeRunDir } from './local/run-dir.ts';
      console.log(await makeRunDir(${JSON.stringify(tmpdir())}, 'perennial-code-'));`;
    const { stdout } = await asOther(process.execPath, '--input-type=module', '-e', program);
    expect(stdout).toMatch(/perennial-code-\d+-\w+\n$/);
    expect(stdout.trim()).not.toBe(own);
    await expect(access(own)).resolves.toBeUndefined();
    const { stderr } = await asOther('ls', own);
    expect(stderr).toContain('Permission denied');
  });
});
