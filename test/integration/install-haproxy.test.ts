import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { waitForPort } from '../../local/hosts/nginx.ts';
import { selfSign } from '../../local/hosts/self-signed.ts';
import { findHaproxy } from './haproxy-program.ts';
import { type InstallFixture, probe, servedSerial, startInstallFixture } from './install-fixture.ts';

const haproxy = await findHaproxy();
const missing = haproxy
  ? ''
  : ' (SKIPPED: haproxy is not installed; Debian, Ubuntu: apt-get install haproxy)';

/** As people write it for certbot: HAProxy wants the chain and the key in one file, and its master reloads on USR2. */
const hook = (folder: string) => `#!/bin/sh
set -e
umask 077
cat "$RENEWED_LINEAGE/fullchain.pem" "$RENEWED_LINEAGE/privkey.pem" >'${folder}/site.pem.new'
mv '${folder}/site.pem.new' '${folder}/site.pem'
kill -USR2 "$(cat '${folder}/haproxy.pid')"
`;

const configuration = (folder: string, port: number) => `
global
  stats socket ${folder}/admin.sock mode 600 level admin expose-fd listeners
defaults
  mode http
  timeout connect 5s
  timeout client 5s
  timeout server 5s
frontend tls
  bind 127.0.0.1:${port} ssl crt ${folder}/site.pem alpn h2,http/1.1
  http-request return status 200
`;

describe.skipIf(missing)(`the script on a host with HAProxy${missing}`, () => {
  let fixture: InstallFixture;
  let host: Host;
  let server: ChildProcess | undefined;

  beforeAll(async () => {
    fixture = await startInstallFixture();
    host = await fixture.hosts.start({ id: 'i-1', reload: 'hooks' });
    const folder = join(fixture.dir, 'haproxy');
    const hooks = join(host.root, 'renewal-hooks/deploy');
    const pair = await selfSign({ names: ['a.example'] });
    await writeLineage(host.root, 'a', pair, 'certbot');
    await mkdir(folder, { recursive: true });
    await mkdir(hooks, { recursive: true });
    await writeFile(join(folder, 'site.pem'), pair.fullchain + pair.privkey);
    await writeFile(join(folder, 'haproxy.cfg'), configuration(folder, host.tlsPort));
    await writeFile(join(hooks, 'haproxy'), hook(folder), { mode: 0o755 });
    server = spawn(haproxy ?? '', ['-W', '-f', join(folder, 'haproxy.cfg')], { stdio: 'ignore' });
    await writeFile(join(folder, 'haproxy.pid'), String(server.pid));
    await waitForPort(host.tlsPort);
  });

  afterAll(async () => {
    const exited = server && once(server, 'exit');
    server?.kill('SIGTERM');
    await exited;
    await fixture?.stop();
  });

  test("a new version is taken in by certbot's own hook, without one failed probe", async () => {
    const { serial } = await fixture.publish('a', ['a.example']);
    const stopProbe = probe(host, 'a.example');
    const { report, exitCode } = await fixture.install(host, 'a', { reload: 'hooks' });
    expect(report.results).toMatchObject([{ outcome: 'served', served: ['a.example'], serial }]);
    expect(exitCode).toBe(0);
    expect(await servedSerial(host, 'a.example')).toBe(serial);
    expect((await stopProbe()).failures).toEqual([]);
    expect(await readFile(join(host.root, 'renewal/a.conf.before-perennial'), 'utf8')).toContain('cert =');
  });
});
