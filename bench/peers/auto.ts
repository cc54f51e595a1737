import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LocalCloud } from '../../local/cloud.ts';
import { measureCommand } from './measured-command.ts';
import type { Participant } from './participant.ts';

const PROGRAM = fileURLToPath(new URL('./auto-program.ts', import.meta.url));

/** acme-client's own `auto()` in a Node process that ends with the last certificate. */
export async function enterAuto(cloud: LocalCloud, home: string): Promise<Participant> {
  const folder = join(home, 'auto');
  await mkdir(folder, { recursive: true });
  const env = {
    ...cloud.parts.aws.environmentOf('bench/auto'),
    NODE_EXTRA_CA_CERTS: cloud.caTlsFile,
  };
  const run = (names: string[]) =>
    measureCommand([process.execPath, PROGRAM, cloud.directoryUrl, folder, ...names], {
      python: join(cloud.parts.venvBin, 'python'),
      folder,
      env,
    });
  return {
    id: 'auto',
    kind: 'peer',
    title: 'acme-client auto()',
    version: await installedVersion(),
    principal: /bench\/auto$/,
    async issue(names) {
      await run(names);
    },
    renew: run,
  };
}

async function installedVersion(): Promise<string> {
  const main = createRequire(import.meta.url).resolve('acme-client');
  const { version } = JSON.parse(await readFile(join(main, '../../package.json'), 'utf8'));
  return version;
}
