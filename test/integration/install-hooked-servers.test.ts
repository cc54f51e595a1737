import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { waitForPort } from '../../local/hosts/nginx.ts';
import { findDebianProgram, type UnpackedProgram } from '../../local/setup/debian-program.ts';
import { apache } from './hooked-servers/apache.ts';
import { caddy } from './hooked-servers/caddy.ts';
import { haproxy } from './hooked-servers/haproxy.ts';
import type { HookedServer } from './hooked-servers/hooked-server.ts';
import { type InstallFixture, servedSerial, startInstallFixture } from './install-fixture.ts';
import { assertUnbroken } from './tls-probe.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples/hooks');

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

for (const server of [haproxy, apache, caddy]) {
  const unpacked = await findDebianProgram(server.debian);
  const missing = typeof unpacked === 'string' ? ` (${unpacked})` : '';
  describe.skipIf(missing)(
    `examples/hooks/${server.hook} on a host with ${server.debian.name}${missing}`,
    () => {
      let host: Host;
      let running: ChildProcess | undefined;

      beforeAll(async () => {
        host = await fixture.startHost({ reload: 'hooks' });
        await writeLineage(
          host.root,
          'a',
          await fixture.authority.issue({ names: ['a.example'] }),
          'certbot',
        );
        running = await startServer(server, host, unpacked as UnpackedProgram);
      });

      afterAll(async () => {
        if (!running || running.exitCode !== null) return;
        const exited = once(running, 'exit');
        running.kill('SIGTERM');
        await exited;
      });

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
        expect(await servedSerial(host, 'a.example')).toBe(serial);
        expect(await readFile(join(host.root, 'renewal/a.conf.before-perennial'), 'utf8')).toContain(
          'cert =',
        );
      });

      test('has the old one back where a hook fails', async () => {
        const before = await servedSerial(host, 'a.example');
        await fixture.publish('a', ['a.example']);
        const broken = join(host.root, 'renewal-hooks/deploy/99-broken');
        await writeFile(broken, `#!/bin/sh\n[ -e '${broken}.once' ] || { : >'${broken}.once'; exit 1; }\n`, {
          mode: 0o755,
        });
        const stopProbe = fixture.probe(host, 'a.example');
        const { report } = await install();
        expect(report.results).toMatchObject([{ outcome: 'rolled-back', reason: 'hook-failed' }]);
        assertUnbroken(await stopProbe());
        expect(await servedSerial(host, 'a.example')).toBe(before);
      });
    },
  );
}

async function startServer(
  server: HookedServer,
  host: Host,
  unpacked: UnpackedProgram,
): Promise<ChildProcess> {
  const folder = join(fixture.dir, server.debian.name);
  const hooks = join(host.root, 'renewal-hooks/deploy');
  await mkdir(folder, { recursive: true });
  await mkdir(hooks, { recursive: true });
  const { args, edit = ['', ''], tools } = await server.configure({ host, folder, unpacked });
  const child = spawn(unpacked.program, args, { stdio: 'ignore', env: { ...process.env, HOME: folder } });
  const hook = await readFile(join(EXAMPLES, server.hook), 'utf8');
  expect(hook).toContain(edit[0]);
  await writeFile(join(hooks, server.hook), hook.replaceAll(...edit), { mode: 0o755 });
  for (const [tool, text] of Object.entries(tools))
    await writeFile(join(host.bin, tool), `#!/bin/sh\npid=${child.pid}\n${text}\n`, { mode: 0o755 });
  await waitForPort(host.tlsPort);
  return child;
}
