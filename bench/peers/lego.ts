import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import type { LocalCloud } from '../../local/cloud.ts';
import { findDebianProgram } from '../../local/setup/debian-program.ts';
import { runCommand } from '../../local/setup/run-command.ts';
import type { AwsFront } from './aws-front.ts';
import { measureCommand, sum } from './measured-command.ts';
import type { Entrant, Taken } from './participant.ts';

const ISSUED_AT_ONCE = 5;
const ENTRANT = { id: 'lego', kind: 'peer', title: 'lego' } as const;

/** Debian's lego with its provider for Route 53: a run for each certificate, one after another. */
export async function enterLego(cloud: LocalCloud, front: AwsFront, home: string): Promise<Entrant> {
  const found = await findDebianProgram({ name: 'lego', packageName: 'lego', file: '/usr/bin/lego' });
  if (typeof found === 'string') return { ...ENTRANT, why: found };
  const { program, root } = found;
  const env = {
    ...cloud.parts.aws.environmentOf('bench/lego'),
    LEGO_CA_CERTIFICATES: cloud.caTlsFile,
    HTTPS_PROXY: front.proxyUrl,
    AWS_CA_BUNDLE: front.certificateFile,
  };
  const folder = join(home, 'lego');
  const options = (name: string) => [
    ...['--server', cloud.directoryUrl, '--email', 'you@example.com', '--accept-tos', '--path', folder],
    ...['--dns', 'route53', '--dns.resolvers', `127.0.0.1:${cloud.dnsPort}`, '--dns.disable-cp'],
    ...['--domains', name],
  ];
  const python = join(cloud.parts.venvBin, 'python');
  await mkdir(folder, { recursive: true });
  return {
    ...ENTRANT,
    version: await versionOf(root),
    principal: /bench\/lego$/,
    async issue(names) {
      const issueOne = (name: string) => runCommand(program, [...options(name), 'run'], { env });
      // The first may have to make the account.
      for (const name of names.slice(0, 1)) await issueOne(name);
      await pMap(names.slice(1), issueOne, { concurrency: ISSUED_AT_ONCE });
    },
    async renew(names) {
      const all: Taken[] = [];
      for (const name of names) {
        const line = [program, ...options(name), 'renew', '--days', '1000', '--no-random-sleep'];
        all.push(await measureCommand(line, { python, folder, env }));
      }
      return sum(all);
    },
  };
}

/** The program itself says `dev`; its package's changelog says the version. */
async function versionOf(root: string): Promise<string> {
  const file = join(root, 'usr/share/doc/lego/changelog.Debian.gz');
  const text = await runCommand('sh', ['-c', 'gzip -dc "$1" | head -n 1', 'sh', file]).catch(() => '');
  return /\(([^-)]+)/.exec(text)?.[1] ?? 'of Debian';
}
