import { execFile } from 'node:child_process';
import { lstat, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servedBy } from '../../local/demo/served.ts';
import type { Host } from '../../local/hosts/host.ts';
import { findCertbot } from '../../local/setup/certbot.ts';
import { ensureSetup } from '../../local/setup.ts';
import { DeployedLine } from './deployed-line.ts';
import { commandsOf } from './documentation/read-commands.ts';

const PROJECT = join(import.meta.dirname, '../..');
const PAGE = 'docs/guides/migration.md';
const NAME = 'example.com';
const ID = 'i-00000000000000001';
const SITES = [{ serverName: NAME, lineage: NAME, layout: 'certbot' as const }];

const certbot = await findCertbot();
const missing = typeof certbot === 'string' ? ` (${certbot})` : '';
const documented = commandsOf(PAGE, sectionOf(await readFile(join(PROJECT, PAGE), 'utf8')));
let line: DeployedLine;
let host: Host;
let folder: string;

beforeAll(async () => {
  if (missing) return;
  folder = await mkdtemp(join(tmpdir(), 'perennial-'));
  line = await DeployedLine.start({
    pebble: { retryAfter: { authz: 0, order: 0 }, nonceReject: 0, env: { PEBBLE_VA_ALWAYS_VALID: '1' } },
    zones: [NAME],
  });
  // It gets its tag in step 3.
  host = await line.cloud.hosts.start({ id: ID, sites: SITES });
  await writeTools();
});

afterAll(async () => {
  await line?.stop();
  if (folder) await rm(folder, { recursive: true, force: true });
});

/** The page's section, without what is before and after it. */
function sectionOf(page: string): string {
  const [, section = ''] = page.split(/^## From certbot on cron$/m);
  return section.split(/^## /m)[0] ?? '';
}

/** What the host's root has: a docker that restarts the host's Nginx, a crontab, certbot with folders below the host's. */
async function writeTools(): Promise<void> {
  const bin = join(folder, 'bin');
  await mkdir(bin);
  const { container } = await ensureSetup();
  const nginx = (host.nginx as unknown as { name: string }).name;
  const restart = [...container.command, 'restart', '-t', '1', nginx].join(' ');
  const own = `--config-dir '${host.root}' --work-dir '${folder}/work' --logs-dir '${folder}/logs' --non-interactive --no-random-sleep-on-renew`;
  const tools = {
    docker: `[ "$*" = "compose restart web" ] && echo restarted >>'${folder}/restarted' && exec ${restart}`,
    certbot: `exec '${typeof certbot === 'string' ? '' : certbot.program}' "$@" ${own}`,
    crontab: `case $1 in -l) cat '${folder}/crontab' ;; -) cat >'${folder}/crontab.new' && mv '${folder}/crontab.new' '${folder}/crontab' ;; esac`,
    npx: `shift 2 && exec '${process.execPath}' '${join(PROJECT, 'cli/perennial.mjs')}' "$@"`,
  };
  for (const [name, text] of Object.entries(tools))
    await writeFile(join(bin, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  await writeFile(
    join(folder, 'crontab'),
    '0 2 * * 0 certbot renew --deploy-hook "docker compose restart web"\n@daily other\n',
  );
}

/** What a command prints, and its exit status, with the host's folder in the place of /etc/letsencrypt. */
async function run(command: string): Promise<{ status: number; output: string }> {
  const text = command.replaceAll('/etc/letsencrypt', host.root);
  const env = {
    ...process.env,
    ...line.cloud.env,
    PATH: `${join(folder, 'bin')}:${dirname(process.execPath)}:${process.env.PATH}`,
    REQUESTS_CA_BUNDLE: line.cloud.caTlsFile,
  };
  return new Promise((resolve) => {
    execFile('sh', ['-ec', text], { env, timeout: 120_000 }, (error, stdout, stderr) =>
      resolve({ status: error ? Number(error.code ?? 1) : 0, output: stdout + stderr }),
    ).stdin?.end();
  });
}

/** The commands of the page that begin so, in their order; each has to be there. */
function steps(...beginnings: string[]): string {
  return beginnings
    .map((beginning) => {
      const found = documented.find(({ command }) => command.startsWith(beginning));
      if (!found) throw new Error(`${PAGE} has no "${beginning}" any more`);
      return found.command;
    })
    .join('\n');
}

async function served(): Promise<string> {
  const answer = await servedBy(host.tlsPort, NAME, await line.cloud.caRoots());
  return answer instanceof Error ? `not valid: ${answer.message}` : answer.serial;
}

const restarts = async () =>
  (await readFile(join(folder, 'restarted'), 'utf8').catch(() => '')).split('\n').length - 1;

describe.skipIf(missing)(`from certbot on cron to a tagged host, and back${missing}`, () => {
  let ofCertbot: string;

  it('begins with a certificate that certbot got, and that Nginx serves', async () => {
    for (const kept of ['live', 'archive', 'renewal'])
      await rm(join(host.root, kept, kept === 'renewal' ? `${NAME}.conf` : NAME), { recursive: true });
    const proving = '--manual --preferred-challenges dns --manual-auth-hook /bin/true';
    const account = `--server ${line.cloud.directoryUrl} --agree-tos --email you@example.com`;
    const issued = await run(`certbot certonly ${proving} ${account} --preferred-profile classic -d ${NAME}`);
    expect(issued.status, issued.output).toBe(0);
    await host.nginx.reload();
    // A worker of before may answer once more after the first of the new ones.
    await expect
      .poll(async () => {
        ofCertbot = await served();
        return ofCertbot;
      })
      .toMatch(/^[0-9a-f]+$/);
  });

  it('has it taken over, and the host serves the same one by a link', async () => {
    Object.assign(host.tags, { 'perennial-group': 'web' });
    const { status, output } = await run(steps('npx --no-install perennial-tls import'));
    expect(status, output).toBe(0);
    expect((await lstat(join(host.root, 'live', NAME))).isSymbolicLink()).toBe(true);
    expect(await served()).toBe(ofCertbot);
    expect((await run(steps('npx --no-install perennial-tls status'))).output).toContain(NAME);
  });

  it('leaves cron’s command nothing to do, and the line can go', async () => {
    const { status, output } = await run(steps('certbot renew --deploy-hook'));
    expect({ status, output }).toEqual({
      status: 0,
      output: expect.stringContaining('No renewals were attempted'),
    });
    expect(await restarts()).toBe(0);
    expect((await run(steps('crontab -l'))).status).toBe(0);
    expect(await readFile(join(folder, 'crontab'), 'utf8')).toBe('@daily other\n');
  });

  it('is renewed and served by the stack from then on, without a restart', async () => {
    const { status, output } = await run(`npx --no-install perennial-tls renew ${NAME} --force`);
    expect(status, output).toBe(0);
    expect(await served()).not.toBe(ofCertbot);
    expect(await restarts()).toBe(0);
  });

  it('goes back: certbot has its folder again, renews, and Nginx serves that', async () => {
    const before = await served();
    delete host.tags['perennial-group'];
    const removed = await run(steps('npx --no-install perennial-tls remove').replaceAll('NAME', NAME));
    expect(removed.status, removed.output).toBe(0);
    const { status, output } = await run(
      steps(
        'cd ',
        'mv -T live/example.com ',
        'mv -T live/example.com.before',
        'mv renewal/',
        'certbot renew --cert-name',
      ),
    );
    expect(status, output).toBe(0);
    expect(await restarts(), output).toBe(1);
    await expect.poll(served).toMatch(/^[0-9a-f]+$/);
    expect([before, ofCertbot]).not.toContain(await served());
    const own = await readFile(join(host.root, 'live', NAME, 'fullchain.pem'), 'utf8');
    expect(own).toBe(await readFile(join(host.root, 'archive', NAME, 'fullchain2.pem'), 'utf8'));
  });

  it('is left alone by the next check', async () => {
    const before = await served();
    await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
    await line.idle();
    expect(await served()).toBe(before);
  });
});
