import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalCloud } from '../../local/cloud.ts';
import { CERTBOT_VERSION, findCertbot } from '../../local/setup/certbot.ts';
import { runCommand } from '../../local/setup/run-command.ts';
import { measureCommand } from './measured-command.ts';
import type { Entrant } from './participant.ts';

const ENTRANT = { id: 'certbot', title: 'certbot' };

/** certbot with its plugin for Route 53: issues one at a time, renews all of a folder in one `certbot renew`. */
export async function enterCertbot(cloud: LocalCloud, home: string): Promise<Entrant> {
  const found = await findCertbot();
  if (typeof found === 'string') return { ...ENTRANT, why: found };
  const { program } = found;
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
    version: CERTBOT_VERSION,
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
