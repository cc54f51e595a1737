import { chmod, chown, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { type InstallFixture, startInstallFixture } from './install-fixture.ts';
import { assertUnbroken } from './tls-probe.ts';

const NGINX = 101;
const NOBODY = 65_534;

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

const accessOf = async (host: Host, path: string) => {
  const { mode, uid, gid } = await stat(join(host.root, path));
  return `${(mode & 0o777).toString(8)} ${uid}:${gid}`;
};

/** As people let a web server that is not root read certbot's folder. */
async function letRead(host: Host, lineage: string, gid: number): Promise<void> {
  for (const folder of ['', 'live', 'archive', `live/${lineage}`, `archive/${lineage}`])
    await chmod(join(host.root, folder), 0o755);
  for (const file of ['cert', 'chain', 'fullchain'])
    await chmod(join(host.root, `archive/${lineage}/${file}1.pem`), 0o644);
  const key = join(host.root, `archive/${lineage}/privkey1.pem`);
  await chown(key, 0, gid);
  await chmod(key, 0o640);
}

describe('who could read the version before', () => {
  test('reads the new one, and the one after it: Nginx that is not root, with a folder of certbot', async () => {
    const host = await fixture.startHost({ user: `${NGINX}:${NGINX}`, sites: [] });
    await writeLineage(host.root, 'a', await fixture.authority.issue({ names: ['a.example'] }), 'certbot');
    await letRead(host, 'a', NGINX);
    await host.nginx.configure([
      { port: host.tlsPort, serverName: 'a.example', certificateFolder: '/etc/letsencrypt/live/a' },
    ]);
    await host.nginx.reload();
    for (let turn = 0; turn < 2; turn += 1) {
      const { version } = await fixture.publish('a', ['a.example']);
      const stopProbe = fixture.probe(host, 'a.example');
      const { report } = await fixture.install(host, 'a');
      expect(report.results).toMatchObject([{ outcome: 'served' }]);
      assertUnbroken(await stopProbe());
      expect(await accessOf(host, `archive/a/${version}`)).toBe('755 0:0');
      expect(await accessOf(host, `archive/a/${version}/privkey.pem`)).toBe(`640 0:${NGINX}`);
      expect(await accessOf(host, `archive/a/${version}/fullchain.pem`)).toBe('644 0:0');
    }
  });

  test('reads the new one at each handshake, where Nginx takes the file by the name that is asked for', async () => {
    const host = await fixture.startHost({
      sites: [{ serverName: 'v.example', lineage: 'v.example', layout: 'certbot' }],
    });
    await letRead(host, 'v.example', NOBODY);
    await host.nginx.writeConfiguration(`
daemon off; user nobody nogroup; pid /run/nginx.pid; error_log stderr warn;
events {}
http {
  access_log off;
  server {
    listen 127.0.0.1:${host.tlsPort} ssl;
    ssl_certificate /etc/letsencrypt/live/$ssl_server_name/fullchain.pem;
    ssl_certificate_key /etc/letsencrypt/live/$ssl_server_name/privkey.pem;
    location / { return 200 "here"; }
  }
}`);
    await host.nginx.reload();
    await fixture.publish('v.example', ['v.example']);
    const stopProbe = fixture.probe(host, 'v.example');
    const { report } = await fixture.install(host, 'v.example');
    expect(report.results).toMatchObject([{ outcome: 'served' }]);
    assertUnbroken(await stopProbe());
  });

  test('never gets the right to write', async () => {
    const host = await fixture.startHost({
      sites: [{ serverName: 'w.example', lineage: 'w', layout: 'certbot' }],
    });
    await letRead(host, 'w', NGINX);
    await chmod(join(host.root, 'archive/w/privkey1.pem'), 0o666);
    const { version } = await fixture.publish('w', ['w.example']);
    const { report } = await fixture.install(host, 'w');
    expect(report.results).toMatchObject([{ outcome: 'served' }]);
    expect(await accessOf(host, `archive/w/${version}/privkey.pem`)).toBe(`644 0:${NGINX}`);
  });
});

describe('where only root could read it', () => {
  test.each([
    [{ keyGroup: String(NGINX) }, `640 0:${NGINX}`, `750 0:${NGINX}`],
    [{ keyGroup: String(NGINX), keyMode: '0440' }, `440 0:${NGINX}`, `750 0:${NGINX}`],
    [{ keyMode: '644' }, '644 0:0', '755 0:0'],
    [{}, '600 0:0', '700 0:0'],
  ])('%o says who may', async (settings, key, folder) => {
    const name = `first${Object.values(settings).join('')}`;
    const host = await fixture.startHost({ sites: [] });
    await chmod(join(host.root, 'live'), 0o700);
    const { version } = await fixture.publish(name, [`${name}.example`]);
    const { report } = await fixture.install(host, name, settings);
    expect(report.results).toMatchObject([{ outcome: 'installed-not-served' }]);
    expect(await accessOf(host, `archive/${name}/${version}/privkey.pem`)).toBe(key);
    for (const path of ['live', 'archive', `archive/${name}`, `archive/${name}/${version}`])
      expect(await accessOf(host, path), path).toBe(folder);
  });

  test('a group that the host does not have is told, and nothing is changed', async () => {
    const host = await fixture.startHost({ sites: [] });
    await fixture.publish('nogroup', ['nogroup.example']);
    const { report } = await fixture.install(host, 'nogroup', { keyGroup: 'nobody-has-it' });
    expect(report.results).toMatchObject([
      { outcome: 'failed', reason: 'bad-parameter', message: expect.stringContaining('nobody-has-it') },
    ]);
  });
});
