import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { EXAMPLE_SITE } from '../../local/hosts/nginx-configuration.ts';
import { NginxService } from '../../local/hosts/nginx-service.ts';
import { runCommand } from '../../local/setup/run-command.ts';
import { ensureSetup } from '../../local/setup.ts';
import { type InstallFixture, startInstallFixture } from './install-fixture.ts';
import { agreedProtocol, askWithoutTls } from './web-look.ts';

const EXAMPLE = join(import.meta.dirname, '../../examples/nginx');
let fixture: InstallFixture;
let host: Host;

beforeAll(async () => {
  fixture = await startInstallFixture();
  const sites = [{ serverName: 'example.com', lineage: 'example.com' }];
  host = await fixture.hosts.start({ id: 'i-example', sites });
});
afterAll(() => fixture?.stop());

describe('examples/nginx', () => {
  test('mounts the folder that holds live/ and archive/, and no file of it', async () => {
    const compose = await readFile(join(EXAMPLE, 'compose.yaml'), 'utf8');
    const volumes = [...compose.matchAll(/^ {6}- (\S+):(\S+):ro$/gm)].map(([, from, to]) => [from, to]);
    expect(volumes).toEqual([
      ['/etc/letsencrypt', '/etc/letsencrypt'],
      ['./conf.d', '/etc/nginx/conf.d'],
    ]);
    expect(compose).toContain('container_name: web\n');
  });

  test('passes the test of Nginx as it is, with certificates where it looks for them', async () => {
    const { nginxRootfs } = await ensureSetup();
    const folder = join(fixture.dir, 'example');
    const service = new NginxService(folder, nginxRootfs);
    await service.configure([]);
    const file = join(folder, 'nginx/nginx.conf');
    const site = join(folder, 'site.conf');
    await writeFile(site, (await readFile(EXAMPLE_SITE, 'utf8')).replaceAll('/etc/letsencrypt', host.root));
    await writeFile(file, (await readFile(file, 'utf8')).replace(/}\s*$/, `include ${site};\n}\n`));
    // In a network of its own, where nobody listens on 80 and 443.
    await expect(runCommand('unshare', ['--net', ...service.command, '-t'])).resolves.toBeDefined();
    await writeFile(site, 'server { listen nowhere; }');
    await expect(runCommand('unshare', ['--net', ...service.command, '-t'])).rejects.toThrow('nowhere');
  });

  test('has a server for Elastic Beanstalk beside it that passes too', async () => {
    const { nginxRootfs } = await ensureSetup();
    const folder = join(fixture.dir, 'beanstalk');
    const service = new NginxService(folder, nginxRootfs);
    await service.configure([]);
    const file = join(folder, 'nginx/nginx.conf');
    const site = join(folder, 'https.conf');
    const example = join(EXAMPLE, '../elastic-beanstalk/.platform/nginx/conf.d/https.conf');
    await writeFile(site, (await readFile(example, 'utf8')).replaceAll('/etc/letsencrypt', host.root));
    await writeFile(file, (await readFile(file, 'utf8')).replace(/}\s*$/, `include ${site};\n}\n`));
    await expect(runCommand('unshare', ['--net', ...service.command, '-t'])).resolves.toBeDefined();
  });

  test('sends port 80 on to 443', async () => {
    expect(await askWithoutTls(host.httpPort, 'example.com')).toEqual({
      status: 301,
      location: 'https://example.com/a?b=c',
    });
  });

  test('speaks HTTP/2', async () => {
    expect(await agreedProtocol(host.tlsPort, 'example.com')).toBe('h2');
  });
});
