import { copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findProgram } from './find-program.ts';
import type { Part } from './part.ts';
import { runCommand } from './run-command.ts';
import { SetupError } from './setup-error.ts';
import { addToRootfs, unpackRootfs } from './unpack-rootfs.ts';

/**
 * A root folder for a container with the distribution's Nginx and a shell: copied from this machine's `nginx`,
 * or, when that is empty, unpacked from the distribution's packages. Nothing is installed on the machine for it.
 */
export function nginxRootfsPart(home: string, nginx = findProgram('nginx') ?? ''): Part {
  const root = join(home, 'nginx-rootfs');
  return {
    name: 'nginx-rootfs',
    title: 'a root folder with Nginx',
    version: '1',
    files: [join(root, 'usr/sbin/nginx'), join(root, 'etc/nginx/mime.types')],
    install: () => installRootfs(root, nginx),
  };
}

async function installRootfs(root: string, nginx: string): Promise<void> {
  const fresh = `${root}.new`;
  await rm(fresh, { recursive: true, force: true });
  try {
    if (nginx) await copyFromMachine(nginx, fresh);
    else await unpackNginx(fresh);
    await addFolders(fresh);
    if (process.getuid?.() === 0) await runCommand('chroot', [fresh, '/usr/sbin/nginx', '-v']);
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true });
    const how = 'install nginx (Debian, Ubuntu: apt-get install nginx-light)';
    throw new SetupError(`could not make a root folder with Nginx: ${how}: ${(cause as Error).message}`, {
      cause,
    });
  }
  await rm(root, { recursive: true, force: true });
  await rename(fresh, root);
}

async function copyFromMachine(nginx: string, root: string): Promise<void> {
  await copyInto(root, '/etc/nginx/mime.types', '/etc/nginx/mime.types');
  const programs = { [nginx]: '/usr/sbin/nginx', '/bin/sh': '/bin/sh', '/bin/true': '/bin/true' };
  for (const [program, place] of Object.entries(programs)) {
    await copyInto(root, program, place);
    // `libz.so.1 => /lib/…/libz.so.1 (0x…)`, and the loader as `/lib64/ld-linux-x86-64.so.2 (0x…)`
    const libraries = (await runCommand('ldd', [program])).matchAll(/(\/\S+) \(0x/g);
    for (const [, library = ''] of libraries) await copyInto(root, library, library);
  }
}

async function copyInto(root: string, from: string, to: string): Promise<void> {
  await mkdir(dirname(join(root, to)), { recursive: true });
  await copyFile(from, join(root, to));
}

async function unpackNginx(root: string): Promise<void> {
  await unpackRootfs(['nginx-light'], root);
  await rm(join(root, 'usr/share'), { recursive: true, force: true });
}

/** What Nginx expects: folders for temporary files and logs, mount points. */
async function addFolders(root: string): Promise<void> {
  const temporary = ['body', 'fastcgi', 'proxy', 'scgi', 'uwsgi'].map((name) => `var/lib/nginx/${name}`);
  const places = ['etc/letsencrypt', 'etc/nginx/conf.d', 'var/log/nginx', 'var/lock'];
  await addToRootfs(root, [...temporary, ...places]);
}
