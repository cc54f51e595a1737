import { existsSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { aptInstall } from '../../local/setup/apt.ts';
import { findProgram } from '../../local/setup/find-program.ts';
import { runCommand } from '../../local/setup/run-command.ts';

const HOME = join(import.meta.dirname, '../../.local/distributions');
const LIMITS = { env: { DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' }, limitMs: 1_800_000 };

/** A distribution, or one whose other tools come before its own. */
export type Distribution = { name: string } & (
  | { /** of Debian, as debootstrap calls it */ suite: string }
  | { like: string /** in the copy of that root folder */; packages: string[]; change: string }
);

export const DISTRIBUTIONS: readonly Distribution[] = [
  { name: 'debian-11', suite: 'bullseye' },
  { name: 'debian-12', suite: 'bookworm' },
  { name: 'debian-13', suite: 'trixie' },
  // As Alpine: /bin/sh and all tools.
  {
    name: 'busybox',
    like: 'debian-12',
    packages: ['busybox-static'],
    change: '/bin/busybox --install -s /usr/local/sbin',
  },
  // As Amazon Linux; gawk takes the name awk where it is installed.
  {
    name: 'bash-and-gawk',
    like: 'debian-11',
    packages: ['gawk'],
    change: 'ln -s /bin/bash /usr/local/sbin/sh',
  },
];

/** The root folder, made at first use, which takes minutes. Throws an Error that says why it cannot be had. */
export async function rootOf(wanted: Distribution): Promise<string> {
  const root = join(HOME, wanted.name);
  if (existsSync(root)) return root;
  const fresh = `${root}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(HOME, { recursive: true });
  if ('suite' in wanted) await makeHost(wanted.suite, fresh);
  else {
    const like = DISTRIBUTIONS.find(({ name }) => name === wanted.like);
    if (!like) throw new Error(`there is no ${wanted.like}`);
    await runCommand('cp', ['-a', await rootOf(like), fresh]);
    await installIn(fresh, wanted.packages);
    await runCommand('chroot', [fresh, 'sh', '-c', wanted.change]);
  }
  await rename(fresh, root);
  return root;
}

/** What a host has beside the distribution's own: what the script needs, and Nginx. */
async function makeHost(suite: string, root: string): Promise<void> {
  if (!findProgram('debootstrap')) await aptInstall(['debootstrap']);
  await runCommand('debootstrap', ['--variant=minbase', suite, root], LIMITS);
  // Nothing that is installed may start: it would listen on this machine.
  await writeFile(join(root, 'usr/sbin/policy-rc.d'), '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  await installIn(root, ['openssl', 'awscli', 'nginx', 'iproute2']);
}

async function installIn(root: string, packages: string[]): Promise<void> {
  const install = ['--yes', '--no-install-recommends', 'install', ...packages];
  await runCommand('chroot', [root, 'apt-get', '-qq', 'update'], LIMITS);
  await runCommand('chroot', [root, 'apt-get', '-qq', ...install], LIMITS);
  await runCommand('chroot', [root, 'apt-get', 'clean'], LIMITS);
}
