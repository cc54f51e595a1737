import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { findCertbot } from '../../local/setup/certbot.ts';
import { findDebianProgram } from '../../local/setup/debian-program.ts';
import { findProgram } from '../../local/setup/find-program.ts';
import { runCommand } from '../../local/setup/run-command.ts';

/** A CA to ask, and the PEM file with which its HTTPS is trusted. */
export interface Ca {
  directoryUrl: string;
  tlsFile: string;
}

/** Another ACME client, run for real; each of `issue` leaves its own folder behind. */
export interface MigrationPrograms {
  certbot:
    | { issue(folder: string, options: string[]): Promise<string>; list(folder: string): Promise<string> }
    | string;
  lego: { issue(folder: string, names: string[]): Promise<string> } | string;
  dehydrated: { issue(folder: string, lines: string[]): Promise<string> } | string;
}

const LIMIT_MS = 120_000;

export async function findMigrationPrograms(ca: Ca): Promise<MigrationPrograms> {
  const certbot = await findCertbot();
  const lego = await findDebianProgram({ name: 'lego', packageName: 'lego', file: '/usr/bin/lego' });
  const dehydrated = findProgram('curl')
    ? await findDebianProgram({ name: 'dehydrated', packageName: 'dehydrated', file: '/usr/bin/dehydrated' })
    : 'SKIPPED: dehydrated needs curl';
  return {
    certbot: typeof certbot === 'string' ? certbot : certbotAt(certbot.program, ca),
    lego: typeof lego === 'string' ? lego : legoAt(lego.program, ca),
    dehydrated:
      typeof dehydrated === 'string'
        ? dehydrated
        : dehydratedAt(join(dehydrated.root, 'usr/bin/dehydrated'), ca),
  };
}

function certbotAt(
  program: string,
  { directoryUrl, tlsFile }: Ca,
): Exclude<MigrationPrograms['certbot'], string> {
  const run = (folder: string, args: string[]) => {
    const own = [
      '--config-dir',
      folder,
      '--work-dir',
      `${folder}.work`,
      '--logs-dir',
      `${folder}.logs`,
      '--non-interactive',
    ];
    return runCommand(program, [...args, ...own], {
      env: { REQUESTS_CA_BUNDLE: tlsFile },
      limitMs: LIMIT_MS,
    });
  };
  const account = ['--server', directoryUrl, '--agree-tos', '--email', 'you@example.com'];
  return {
    issue: (folder, options) =>
      run(folder, ['certonly', '--manual', '--manual-auth-hook', '/bin/true', ...account, ...options]),
    list: (folder) => run(folder, ['certificates']),
  };
}

function legoAt(program: string, { directoryUrl, tlsFile }: Ca): Exclude<MigrationPrograms['lego'], string> {
  return {
    issue: (folder, names) =>
      runCommand(
        program,
        [
          ...['--server', directoryUrl, '--email', 'you@example.com', '--accept-tos', '--path', folder],
          ...['--http', '--http.port', '127.0.0.1:0', ...names.flatMap((name) => ['--domains', name]), 'run'],
        ],
        { env: { LEGO_CA_CERTIFICATES: tlsFile }, limitMs: LIMIT_MS },
      ),
  };
}

function dehydratedAt(
  program: string,
  { directoryUrl, tlsFile }: Ca,
): Exclude<MigrationPrograms['dehydrated'], string> {
  return {
    async issue(folder, lines) {
      await mkdir(folder, { recursive: true });
      const hook = join(folder, 'hook.sh');
      await writeFile(hook, '#!/bin/sh\nexit 0\n', { mode: 0o755 });
      const config = [
        `CA="${directoryUrl}"`,
        'CHALLENGETYPE="dns-01"',
        `HOOK="${hook}"`,
        'KEY_ALGO=secp384r1',
        `BASEDIR="${folder}"`,
      ];
      await writeFile(join(folder, 'config'), `${config.join('\n')}\n`);
      await writeFile(join(folder, 'domains.txt'), `${lines.join('\n')}\n`);
      const run = (args: string[]) =>
        runCommand('bash', [program, '--config', join(folder, 'config'), ...args], {
          env: { CURL_CA_BUNDLE: tlsFile },
          limitMs: LIMIT_MS,
        });
      await run(['--register', '--accept-terms']);
      return run(['--cron']);
    },
  };
}
