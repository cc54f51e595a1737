import { execFile } from 'node:child_process';
import {
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
import { runCommand } from '../../local/setup/run-command.ts';
import { ensureSetup } from '../../local/setup.ts';

const PROJECT = join(import.meta.dirname, '../..');
const NOT_CLONED = ['node_modules', '.local', '.git', '.serverless', '.esbuild', 'coverage'];
const LIMIT_MS = 400_000;

/**
 * Where the set-up's Python is in a folder of root alone, that is shown to him. Then `prepare` runs, in a mount namespace of its
 * own, and `wrap` names what the program is started by.
 */
const ENTER = `
  if [ -n "$1" ]; then
    mkdir -p "$0/python" && mount --bind "$1" "$0/python" && mount -t tmpfs -o mode=755 none /root
    mkdir -p "$1" && mount --bind "$0/python" "$1"
  fi
  uid=$2; eval "$3"; shift 3
  exec $wrap setpriv --reuid "$uid" --regid "$uid" --clear-groups "$@"`;

export interface OtherRun {
  /** Shell commands that root runs first, in a view of the machine that only this run has. */
  prepare?: string;
  home?: string;
}

/** Somebody who owns nothing on this machine but a clone, and is in no group. Only root can become one. */
export class OtherUser {
  /** One of each process: what podman keeps for a user is the same for all who run as that user. */
  readonly uid = 1_000_000 + process.pid;
  readonly home: string;

  private constructor(home: string) {
    this.home = home;
  }

  /** The clone. */
  get folder(): string {
    return join(this.home, 'perennial');
  }

  static async create(): Promise<OtherUser> {
    await ensureSetup();
    const user = new OtherUser(await mkdtemp(join(tmpdir(), 'perennial-other-')));
    await cp(PROJECT, user.folder, {
      recursive: true,
      filter: (source) => !NOT_CLONED.includes(basename(source)) || source === PROJECT,
    });
    await symlink(join(PROJECT, 'node_modules'), join(user.folder, 'node_modules'));
    await user.#setUpAgain();
    await lchown(user.home, user.uid, user.uid);
    for (const name of await readdir(user.home, { recursive: true }))
      await lchown(join(user.home, name), user.uid, user.uid);
    return user;
  }

  /** What a program prints, run as this user in the clone, however it ends. */
  async run(command: string[], { prepare = ':', home = this.home }: OtherRun = {}): Promise<string> {
    const program = join(PROJECT, '.local/venv/bin/python');
    const python = (await runCommand(program, ['-c', 'import sys; print(sys.base_prefix)'])).trim();
    const hidden = python.startsWith('/root/') ? python : '';
    const env = { HOME: home, PATH: process.env.PATH ?? '', TMPDIR: tmpdir(), LC_ALL: 'C.UTF-8' };
    const args = ['--mount', 'sh', '-c', ENTER, this.home, hidden, String(this.uid), prepare, ...command];
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env, timeout: LIMIT_MS };
      const child = execFile('unshare', args, options, (_, stdout, stderr) => resolve(`${stdout}${stderr}`));
      child.stdin?.end();
    });
  }

  /** Forgets which engine was found, and ends what podman keeps running for the user: the next start looks around again. */
  async beginAnew(): Promise<void> {
    for (const pid of (await readdir('/proc')).map(Number).filter((one) => one > 0))
      if ((await stat(`/proc/${pid}`).catch(() => undefined))?.uid === this.uid) process.kill(pid, 'SIGKILL');
    for (const name of [`podman-run-${this.uid}`, `containers-user-${this.uid}`])
      await rm(join(tmpdir(), name), { recursive: true, force: true });
    const file = join(this.folder, '.local/setup.json');
    const { parts } = JSON.parse(await readFile(file, 'utf8'));
    await writeFile(file, JSON.stringify({ parts }));
  }

  async remove(): Promise<void> {
    await this.beginAnew();
    await rm(this.home, { recursive: true, force: true });
  }

  /** As a set-up of his own would have it: programs are the ones of this clone, and he writes to what a container writes to. */
  async #setUpAgain(): Promise<void> {
    const [ours, local] = [join(PROJECT, '.local'), join(this.folder, '.local')];
    await mkdir(local);
    for (const name of ['venv', 'bin']) await symlink(join(ours, name), join(local, name));
    const kept = { recursive: true, verbatimSymlinks: true };
    await cp(join(ours, 'nginx-rootfs'), join(local, 'nginx-rootfs'), kept);
    const { parts } = JSON.parse(await readFile(join(ours, 'setup.json'), 'utf8'));
    parts.python = parts.python.replace(join(ours, 'venv'), join(local, 'venv'));
    await writeFile(join(local, 'setup.json'), JSON.stringify({ parts }));
  }
}
