import { type ChildProcess, spawn } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { waitForPort } from '../../local/hosts/nginx.ts';
import { apache } from './hooked-servers/apache.ts';
import { caddy } from './hooked-servers/caddy.ts';
import { h2o } from './hooked-servers/h2o.ts';
import { haproxy } from './hooked-servers/haproxy.ts';
import { type HookedServer, type Place, replaceAll } from './hooked-servers/hooked-server.ts';
import { traefik } from './hooked-servers/traefik.ts';
import { shadow } from './host-faults/shadow.ts';
import { type InstallFixture, servedSerial, startInstallFixture } from './install-fixture.ts';
import { assertUnbroken } from './tls-probe.ts';
import { agreedProtocol, askWithoutTls } from './web-look.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/hooks');

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

for (const server of [haproxy, apache, caddy, traefik, h2o]) {
  const found = await server.find();
  const missing = typeof found === 'string' ? ` (${found})` : '';
  describe.skipIf(missing)(`examples/hooks/${server.hook} on a host with ${server.name}${missing}`, () => {
    let host: Host;
    let running: ChildProcess | undefined;
    let restoreKernel: (() => Promise<void>) | undefined;

    beforeAll(async () => {
      if (server.kernel) restoreKernel = await setKernel(server.kernel);
      host = await fixture.startHost({ reload: 'hooks' });
      await writeLineage(host.root, 'a', await fixture.authority.issue({ names: ['a.example'] }), 'certbot');
      running = await startServer(server, host, found as Place['found']);
    });

    afterAll(async () => {
      await restoreKernel?.();
      if (!running || running.exitCode !== null) return;
      const exited = once(running, 'exit');
      running.kill('SIGTERM');
      await exited;
    });

    const served = () => servedSerial(host, 'a.example');
    /** What is to be served. Asked for it, a server that the last reload has replaced might answer. */
    const installed = () => installedSerial(host);
    async function expectServed(serial: string): Promise<void> {
      if (server.overlaps) await expect.poll(served).toBe(serial);
      else expect(await served()).toBe(serial);
    }
    const install = () => fixture.install(host, 'a', { reload: 'hooks', container: '' });

    test('has a new version taken in without one failed probe', async () => {
      const { serial } = await fixture.publish('a', ['a.example']);
      const stopProbe = fixture.probe(host, 'a.example');
      const { report, exitCode } = await install();
      expect(report.results, report.results[0]?.message).toMatchObject([
        { outcome: 'served', served: ['a.example'], serial },
      ]);
      expect(exitCode).toBe(0);
      assertUnbroken(await stopProbe());
      await expectServed(serial);
      expect(await readFile(join(host.root, 'renewal/a.conf.before-perennial'), 'utf8')).toContain('cert =');
    });

    test('speaks HTTP/2, and sends port 80 on to 443', async () => {
      expect(await agreedProtocol(host.tlsPort, 'a.example')).toBe('h2');
      const { status, location } = await askWithoutTls(host.httpPort, 'a.example');
      expect(status).toBe(301);
      // Traefik names the port of its entry point, which is not 443 here.
      expect(location?.replace(`:${host.tlsPort}`, '')).toBe('https://a.example/a?b=c');
    });

    if (server.cut)
      test('starts with what is left of a hook that was cut off while it wrote', async () => {
        await fixture.publish('a', ['a.example']);
        const undo = await shadow(host, 'mv', `case $* in ${server.cut}) printf cut >"$1"; exit 1 ;; esac`);
        const { report } = await install();
        await undo();
        expect(report.results).toMatchObject([{ outcome: 'rolled-back', reason: 'hook-failed' }]);
        const { program } = found as Place['found'];
        const check = spawn(program, ['-c', '-f', join(fixture.dir, server.name, `${server.name}.cfg`)]);
        const said = text(check.stderr);
        const [code] = await once(check, 'exit');
        expect(code, await said).toBe(0);
      });

    if (server.mayMissReload)
      test('is asked again where it misses a reload', async () => {
        const { serial } = await fixture.publish('a', ['a.example']);
        const missed = join(host.root, '../missed');
        const undo = await shadow(host, 'systemctl', `[ -e '${missed}' ] || { : >'${missed}'; exit 0; }`);
        const { report } = await install();
        await undo();
        expect(existsSync(missed)).toBe(true);
        expect(report.results, report.results[0]?.message).toMatchObject([{ outcome: 'served', serial }]);
        await expectServed(serial);
      });

    if (server.mayMissReload)
      test('goes back where it misses all reloads, and the hook says so', async () => {
        const before = await installed();
        await fixture.publish('a', ['a.example']);
        const undo = await shadow(host, 'systemctl', 'exit 0');
        const { report } = await install();
        await undo();
        expect(report.results).toMatchObject([
          { outcome: 'rolled-back', message: expect.stringContaining('h2o started no new server') },
        ]);
        await expectServed(before);
      });

    test('has the old one back where a hook fails', async () => {
      const before = await installed();
      await fixture.publish('a', ['a.example']);
      const broken = join(host.root, 'renewal-hooks/deploy/99-broken');
      await writeFile(broken, `#!/bin/sh\n[ -e '${broken}.once' ] || { : >'${broken}.once'; exit 1; }\n`, {
        mode: 0o755,
      });
      const stopProbe = fixture.probe(host, 'a.example');
      const { report } = await install();
      expect(report.results).toMatchObject([{ outcome: 'rolled-back', reason: 'hook-failed' }]);
      assertUnbroken(await stopProbe());
      await expectServed(before);
    });
  });
}

async function installedSerial(host: Host): Promise<string> {
  return new X509Certificate(await readFile(join(host.root, 'live/a/fullchain.pem'))).serialNumber;
}

/** Sets it for the machine; returns what sets it back. In a container whose /proc/sys is read-only it stays as it is. */
async function setKernel({ file, value }: NonNullable<HookedServer['kernel']>): Promise<() => Promise<void>> {
  const before = await readFile(file, 'utf8');
  try {
    await writeFile(file, value);
  } catch (error) {
    if (!['EROFS', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    return async () => {};
  }
  return () => writeFile(file, before);
}

async function startServer(server: HookedServer, host: Host, found: Place['found']): Promise<ChildProcess> {
  const folder = join(fixture.dir, server.name);
  const hooks = join(host.root, 'renewal-hooks/deploy');
  await mkdir(folder, { recursive: true });
  await mkdir(hooks, { recursive: true });
  const { args, env, edit = {}, tools } = await server.configure({ host, folder, found });
  const child = spawn(found.program, args, {
    stdio: 'ignore',
    env: { ...process.env, HOME: folder, ...env },
  });
  const hook = await readFile(join(EXAMPLES, server.hook), 'utf8');
  await writeFile(join(hooks, server.hook), replaceAll(hook, edit), { mode: 0o755 });
  for (const [tool, does] of Object.entries(tools))
    await writeFile(join(host.bin, tool), `#!/bin/sh\npid=${child.pid}\n${does}\n`, { mode: 0o755 });
  await waitForPort(host.tlsPort);
  // Traefik listens, with a certificate of its own, before it has read its sites.
  const own = await installedSerial(host);
  const isServed = async () => expect(await servedSerial(host, 'a.example')).toBe(own);
  await vi.waitFor(isServed, { timeout: 20_000 });
  return child;
}
