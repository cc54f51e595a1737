import { existsSync } from 'node:fs';
import { chmod, mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unpackPackages } from './unpack-packages.ts';

/** Unpacks the distribution's packages without installing them: no service, no user, no file outside `root`. */
export async function unpackRootfs(packages: string[], root: string): Promise<void> {
  await unpackPackages([...packages, 'dash', 'coreutils'], root, 'copied');
  await rm(join(root, 'usr/share/doc'), { recursive: true, force: true });
  // Newer distributions ship everything below /usr and leave these links to their installer.
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    if (!existsSync(join(root, name))) await symlink(`usr/${name}`, join(root, name));
  }
  if (!existsSync(join(root, 'bin/sh'))) await symlink('dash', join(root, 'bin/sh'));
}

/** What a container expects beside its program: users, a folder for temporary files, and `folders`, mount points among them. */
export async function addToRootfs(root: string, folders: string[]): Promise<void> {
  for (const folder of ['dev', 'proc', 'sys', 'run', 'etc', 'tmp', ...folders])
    await mkdir(join(root, folder), { recursive: true });
  await chmod(join(root, 'tmp'), 0o1777);
  const users = ['root:x:0:0', 'www-data:x:33:33', 'nobody:x:65534:65534'];
  await writeFile(join(root, 'etc/passwd'), users.map((user) => `${user}::/:/bin/false\n`).join(''));
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nwww-data:x:33:\nnogroup:x:65534:\nnobody:x:65534:\n');
}
