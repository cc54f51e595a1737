import { cp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { findProgram } from '../../../local/setup/find-program.ts';
import { holdLock } from '../../../local/setup/hold-lock.ts';
import { runCommand } from '../../../local/setup/run-command.ts';
import { addToRootfs, unpackRootfs } from '../../../local/setup/unpack-rootfs.ts';
import { ensureSetup } from '../../../local/setup.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const LOCAL = join(PROJECT, '.local');

/**
 * What stands for an official image, of which no registry is asked: the distribution's packages in a root folder. Where the
 * example's Dockerfile installs packages, it finds those that were fetched before with the hashes of its lock file.
 */
export interface BaseImage {
  /** as the example's files call it */
  official: string;
  /** Docker's words for what a root folder does not say */
  change: string;
  make(root: string): Promise<void>;
}

const PATH = 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export const NGINX: BaseImage = {
  official: 'nginx:stable',
  change: 'CMD ["nginx", "-g", "daemon off;"]',
  async make(root) {
    await cp((await ensureSetup()).nginxRootfs, root, { recursive: true, verbatimSymlinks: true });
    const configuration =
      'user www-data;\nevents {}\nhttp {\n  include mime.types;\n  access_log off;\n  error_log stderr warn;\n  include conf.d/*.conf;\n}\n';
    await writeFile(join(root, 'etc/nginx/nginx.conf'), configuration);
  },
};

export const PYTHON: BaseImage = {
  official: 'python:3.13-slim',
  change: PATH,
  async make(root) {
    await unpackRootfs(['python3', 'python3-pip'], root);
    await addToRootfs(root, ['wheels']);
    // It says that the distribution's pip is not for this (PEP 668).
    await runCommand('find', [root, '-name', 'EXTERNALLY-MANAGED', '-delete']);
    await writeFile(join(root, 'etc/pip.conf'), '[global]\nno-index = true\nfind-links = /wheels\n');
  },
};

export const NODE: BaseImage = {
  official: 'node:24-slim',
  change: PATH,
  async make(root) {
    await unpackRootfs(['libstdc++6'], root);
    const [bin, modules] = ['usr/local/bin', 'usr/local/lib/node_modules'].map((folder) =>
      join(root, folder),
    );
    await addToRootfs(root, ['npm-cache', 'usr/local/bin', 'usr/local/lib/node_modules', 'usr/local/etc']);
    await cp(join(PROJECT, 'node_modules/node/bin/node'), join(bin ?? '', 'node'));
    const npm = dirname(dirname(await realpath(findProgram('npm') ?? '')));
    await cp(npm, join(modules ?? '', 'npm'), { recursive: true });
    await symlink('../lib/node_modules/npm/bin/npm-cli.js', join(bin ?? '', 'npm'));
    await writeFile(join(root, 'usr/local/etc/npmrc'), 'cache=/npm-cache\noffline=true\n');
  },
};

/** The image's name, made once; `podman` is the command with its flags. */
export async function ensureBaseImage(podman: readonly string[], image: BaseImage): Promise<string> {
  const name = `localhost/perennial-stand-in-for-${image.official.replace(':', '-')}`;
  const [program = '', ...flags] = podman;
  await holdLock(join(LOCAL, 'base-images'), async () => {
    const known = await runCommand(program, [...flags, 'image', 'exists', name]).then(
      () => true,
      () => false,
    );
    if (known) return;
    const root = join(LOCAL, `base-image.${process.pid}`);
    try {
      await image.make(root);
      const script = 'root=$1; shift; tar -C "$root" -c . | "$@"';
      const importing = ['import', '--change', image.change, '-', name];
      await runCommand('sh', ['-c', script, 'sh', root, program, ...flags, ...importing]);
    } finally {
      await rm(root, { recursive: true, force: true });
    }
  });
  return name;
}
