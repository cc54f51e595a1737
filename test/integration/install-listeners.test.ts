import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { type InstallFixture, startInstallFixture } from './install-fixture.ts';

/** Addresses of the loopback interface that are not 127.0.0.1, as a host has those of its network. */
const OWN = '127.0.7.10';

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

const LIVE = '/etc/letsencrypt/live';
const configuration = (servers: string) => `
daemon off; user root; pid /run/nginx.pid; error_log stderr warn;
events {}
http { access_log off; ${servers} }`;
const server = (listen: string, folder: string, name = 'a.example') => `
server {
  listen ${listen}; server_name ${name};
  ssl_certificate ${folder}/fullchain.pem; ssl_certificate_key ${folder}/privkey.pem;
}`;

/** A host with certificate `a` of certbot's, and one of somebody else, `other`. */
async function hostWith(servers: (port: number) => string, lineages = ['a', 'other']): Promise<Host> {
  const host = await fixture.startHost({ sites: [{ serverName: 'start.example', lineage: 'start' }] });
  for (const lineage of lineages)
    await writeLineage(
      host.root,
      lineage,
      await fixture.authority.issue({ names: [`${lineage}.example`] }),
      'certbot',
    );
  await host.nginx.writeConfiguration(configuration(servers(host.tlsPort)));
  await host.nginx.reload();
  await new Promise((resolve) => setTimeout(resolve, 500));
  return host;
}

const install = (host: Host, parameters = {}) =>
  fixture.install(host, 'a', { port: String(host.tlsPort), ...parameters });

describe('the new certificate is seen where it is served', () => {
  test.each<[string, (port: number) => string]>([
    [
      'at an address of the host, with another default server on 127.0.0.1',
      (port) =>
        server(`${OWN}:${port} ssl`, `${LIVE}/a`) +
        server(`127.0.0.1:${port} ssl default_server`, `${LIVE}/other`, 'other.example'),
    ],
    ['over IPv6 only', (port) => server(`[::1]:${port} ssl`, `${LIVE}/a`)],
    ['on all addresses of IPv6', (port) => server(`[::]:${port} ssl`, `${LIVE}/a`)],
    [
      'behind a load balancer that speaks PROXY',
      (port) => server(`${OWN}:${port} ssl proxy_protocol`, `${LIVE}/a`),
    ],
    [
      'on two addresses at once',
      (port) => server(`${OWN}:${port} ssl`, `${LIVE}/a`) + server(`127.0.0.1:${port} ssl`, `${LIVE}/a`),
    ],
  ])('%s', async (_, servers) => {
    const host = await hostWith(servers);
    const { serial } = await fixture.publish('a', ['a.example']);
    const { report } = await install(host);
    expect(report.results).toMatchObject([{ outcome: 'served', serial, served: ['a.example'] }]);
    expect((await install(host)).report.results).toMatchObject([{ outcome: 'unchanged' }]);
  });

  test('at the address that the host group names, and nowhere else', async () => {
    const host = await hostWith(
      (port) =>
        server(`${OWN}:${port} ssl`, `${LIVE}/a`) +
        server(`127.0.0.1:${port} ssl`, `${LIVE}/other`, 'a.example'),
    );
    await fixture.publish('a', ['a.example']);
    const { report } = await install(host, { address: OWN });
    expect(report.results).toMatchObject([{ outcome: 'served' }]);
  });
});

describe('proxyProtocol', () => {
  const behindProxy = (port: number) => server(`127.0.0.1:${port} ssl proxy_protocol`, `${LIVE}/a`);

  test('true: each question has the header', async () => {
    const host = await hostWith(behindProxy);
    const { serial } = await fixture.publish('a', ['a.example']);
    const { report } = await install(host, { proxyProtocol: 'true' });
    expect(report.results).toMatchObject([{ outcome: 'served', serial }]);
  });

  test('true, where it is not spoken: nothing answers', async () => {
    const host = await hostWith((port) => server(`127.0.0.1:${port} ssl`, `${LIVE}/a`));
    await fixture.publish('a', ['a.example']);
    const { report } = await install(host, { proxyProtocol: 'true' });
    expect(report.results).toMatchObject([{ outcome: 'installed-not-served' }]);
  });

  test('false: no question has it', async () => {
    const host = await hostWith(behindProxy);
    await fixture.publish('a', ['a.example']);
    const { report } = await install(host, { proxyProtocol: 'false' });
    expect(report.results).toMatchObject([{ outcome: 'installed-not-served' }]);
  });

  test('true needs python3', async () => {
    const host = await hostWith(behindProxy);
    host.prepare =
      'for p in /usr/local/bin /usr/bin; do [ ! -e "$p/python3" ] || mount --bind /dev/null "$p/python3"; done';
    await fixture.publish('a', ['a.example']);
    const { report, exitCode } = await install(host, { proxyProtocol: 'true' });
    expect(report.results).toMatchObject([{ outcome: 'failed', reason: 'python3-missing' }]);
    expect(exitCode).toBe(1);
  });

  test('an RSA and an ECDSA certificate of one server are told apart', async () => {
    const host = await hostWith(() => '', []);
    const pairs = { a: 'ecdsa', r: 'rsa' } as const;
    for (const [lineage, key] of Object.entries(pairs))
      await writeLineage(
        host.root,
        lineage,
        await fixture.authority.issue({ names: ['a.example'], key }),
        'certbot',
      );
    const both = server(`127.0.0.1:${host.tlsPort} ssl proxy_protocol`, `${LIVE}/a`).replace(
      '}',
      `ssl_certificate ${LIVE}/r/fullchain.pem; ssl_certificate_key ${LIVE}/r/privkey.pem; }`,
    );
    await host.nginx.writeConfiguration(configuration(both));
    await host.nginx.reload();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await fixture.publish('r', ['a.example'], { key: 'rsa' });
    const { report } = await fixture.install(host, 'r', { port: String(host.tlsPort) });
    expect(report.results).toMatchObject([{ outcome: 'served' }]);
  });
});

describe('what is served from elsewhere', () => {
  test('another certificate, there or at another address, is no reason to go back', async () => {
    const host = await hostWith((port) =>
      server(`127.0.0.1:${port} ssl default_server`, `${LIVE}/other`, 'other.example'),
    );
    await fixture.publish('a', ['a.example']);
    const { report, exitCode } = await install(host);
    expect(report.results).toMatchObject([{ outcome: 'installed-not-served', reason: 'nothing-serves-it' }]);
    expect(exitCode).toBe(0);
  });

  test('a copy of the old files is found, on an address of the host too', async () => {
    const host = await hostWith((port) => server(`127.0.0.1:${port} ssl`, `${LIVE}/other`), ['other']);
    const pair = await fixture.authority.issue({ names: ['a.example'] });
    await writeLineage(host.root, 'a', pair, 'certbot');
    for (const [file, pem] of Object.entries(pair))
      await writeFile(join(host.nginx.configurationFile, `../${file}.pem`), pem);
    await host.nginx.writeConfiguration(configuration(server(`${OWN}:${host.tlsPort} ssl`, '/etc/nginx')));
    await host.nginx.reload();
    await new Promise((resolve) => setTimeout(resolve, 500));
    await fixture.publish('a', ['a.example']);
    const { report } = await install(host);
    expect(report.results).toMatchObject([{ outcome: 'rolled-back', reason: 'old-certificate-served' }]);
  });
});

describe('Nginx is tested and reloaded as it was started', () => {
  test.each([
    ['with another configuration', (file: string) => ['-c', file]],
    ['with directives', (file: string) => ['-c', file, '-g', 'worker_priority 1; worker_rlimit_nofile 512;']],
  ])('%s', async (_, flags) => {
    const host = await fixture.startHost({
      sites: [{ serverName: 'a.example', lineage: 'a' }],
      flags: flags('/etc/nginx/other.conf'),
    });
    await writeFile(join(host.nginx.configurationFile, '../nginx.conf'), 'nobody reads this;');
    const { serial } = await fixture.publish('a', ['a.example']);
    const { report } = await fixture.install(host, 'a');
    expect(report.results).toMatchObject([{ outcome: 'served', serial }]);
  });
});
