import { existsSync } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalCloud } from '../../local/cloud.ts';
import { findProgram } from '../../local/setup/find-program.ts';
import { runCommand } from '../../local/setup/run-command.ts';
import { measureCommand } from './measured-command.ts';
import type { Entrant } from './participant.ts';

const VERSION = '5.8.0';
const VENV = join(import.meta.dirname, `../../.local/certbot-dns-route53-${VERSION}`);
const ENTRANT = { id: 'certbot', title: 'certbot' };

/** certbot with its plugin for Route 53: issues one at a time, renews all of a folder in one `certbot renew`. */
export async function enterCertbot(cloud: LocalCloud, home: string): Promise<Entrant> {
  const program = await install().catch((error: Error) => error);
  if (program instanceof Error) return { ...ENTRANT, why: program.message.split('\n')[0] ?? '' };
  const own = (folder: string) => [
    ...['--config-dir', folder, '--work-dir', `${folder}/work`, '--logs-dir', `${folder}/logs`],
    '--non-interactive',
  ];
  const env = {
    ...cloud.parts.aws.environmentOf('bench/certbot'),
    REQUESTS_CA_BUNDLE: cloud.caTlsFile,
  };
  const account = ['--server', cloud.directoryUrl, '--agree-tos', '--email', 'you@example.com'];
  let folder = '';
  let rounds = 0;
  return {
    ...ENTRANT,
    version: VERSION,
    principal: /bench\/certbot$/,
    async issue(names) {
      rounds += 1;
      folder = join(home, `certbot-${rounds}`);
      await mkdir(folder, { recursive: true });
      for (const name of names)
        await runCommand(program, ['certonly', '--dns-route53', '-d', name, ...account, ...own(folder)], {
          env,
        });
    },
    renew: () =>
      measureCommand([program, 'renew', '--force-renewal', '--no-random-sleep-on-renew', ...own(folder)], {
        python: join(cloud.parts.venvBin, 'python'),
        folder,
        env,
      }),
  };
}

async function install(): Promise<string> {
  const program = join(VENV, 'bin/certbot');
  if (existsSync(program)) return program;
  const python = findProgram('python3');
  if (!python) throw new Error('there is no python3 to install it with');
  const pip = ['-m', 'pip', '--quiet', '--no-input', '--disable-pip-version-check', 'install'];
  try {
    await runCommand(python, ['-m', 'venv', VENV]);
    await runCommand(join(VENV, 'bin/python'), [
      ...pip,
      `certbot==${VERSION}`,
      `certbot-dns-route53==${VERSION}`,
    ]);
  } catch (error) {
    await rm(VENV, { recursive: true, force: true });
    throw error;
  }
  return program;
}
