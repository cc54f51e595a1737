import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalCloud } from '../../local/cloud.ts';
import { CERTBOT_VERSION, findCertbot } from '../../local/setup/certbot.ts';
import { runCommand } from '../../local/setup/run-command.ts';
import { measureCommand } from './measured-command.ts';
import type { Entrant } from './participant.ts';

const ENTRANT = { id: 'certbot', kind: 'peer', title: 'certbot' } as const;

/** certbot with its plugin for Route 53: issues one at a time, a folder for each list of names; renews a folder in one `certbot renew`. */
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
  const folders = new Map<string, string>();
  return {
    ...ENTRANT,
    version: CERTBOT_VERSION,
    principal: /bench\/certbot$/,
    async issue(names) {
      if (folders.has(names.join())) return;
      const folder = join(home, `certbot-${folders.size}`);
      folders.set(names.join(), folder);
      await mkdir(folder, { recursive: true });
      for (const name of names)
        await runCommand(program, ['certonly', '--dns-route53', '-d', name, ...account, ...own(folder)], {
          env,
        });
    },
    renew(names) {
      const folder = folders.get(names.join()) ?? '';
      const line = [program, 'renew', '--force-renewal', '--no-random-sleep-on-renew', ...own(folder)];
      return measureCommand(line, { python: join(cloud.parts.venvBin, 'python'), folder, env });
    },
  };
}
