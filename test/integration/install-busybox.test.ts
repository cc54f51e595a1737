import { copyFile, readdir, readlink, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { findDebianProgram } from '../../local/setup/debian-program.ts';
import { runCommand } from '../../local/setup/run-command.ts';
import { type InstallFixture, servedSerial, startInstallFixture } from './install-fixture.ts';
import { assertUnbroken } from './tls-probe.ts';

const wanted = { name: 'busybox', packageName: 'busybox-static', file: 'bin/busybox' };
const busybox = await findDebianProgram(wanted);
const missing = typeof busybox === 'string' ? ` (${busybox})` : '';

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

/** Has the host find BusyBox's applets, its shell among them, before the distribution's programs. */
async function giveBusyBox(host: Host, root: string): Promise<void> {
  const program = join(host.bin, 'busybox');
  await copyFile(join(root, wanted.file), program);
  const there = await readdir(host.bin);
  const applets = (await runCommand(program, ['--list'])).trim().split('\n');
  for (const applet of applets.filter((name) => !there.includes(name)))
    await symlink('busybox', join(host.bin, applet));
}

describe.skipIf(missing)(`BusyBox's shell and tools, as Alpine has them, are enough${missing}`, () => {
  let host: Host;

  async function install(parameters: Record<string, string> = {}) {
    const { report, stderr } = await fixture.install(host, 'a', parameters);
    expect(stderr).not.toMatch(/BusyBox|not found|usage|unrecognized|invalid option/i);
    return report.results;
  }

  beforeAll(async () => {
    host = await fixture.startHost({ sites: [{ serverName: 'a.example', lineage: 'a', layout: 'certbot' }] });
    if (typeof busybox !== 'string') await giveBusyBox(host, busybox.root);
  });

  test('they are what the script runs with', async () => {
    const { stdout } = await host.run({
      script: 'readlink -f /proc/$$/exe; sed --version',
      env: {},
      limitMs: 10_000,
    });
    expect(stdout).toMatch(/busybox\n[^\n]*BusyBox|busybox\n.*not GNU/i);
  });

  test("certbot's folder changes places with the link, without one failed probe", async () => {
    const { serial } = await fixture.publish('a', ['a.example']);
    const stopProbe = fixture.probe(host, 'a.example');
    expect(await install()).toMatchObject([{ outcome: 'served', reason: 'new-certificate-served', serial }]);
    assertUnbroken(await stopProbe());
    expect(await servedSerial(host, 'a.example')).toBe(serial);
    expect(await readlink(join(host.root, 'live/a'))).toMatch(/^\.\.\/archive\/a\//);
  });

  test('a second run changes nothing', async () => {
    expect(await install()).toMatchObject([{ outcome: 'unchanged', reason: 'already-served' }]);
  });

  test('what Nginx refuses goes back', async () => {
    const before = await servedSerial(host, 'a.example');
    await fixture.publish('a', ['a.example']);
    const restore = await host.nginx.writeConfiguration('nonsense;');
    expect(await install()).toMatchObject([
      {
        outcome: 'rolled-back',
        reason: 'nginx-test-failed',
        message: expect.stringContaining('unknown directive nonsense'),
      },
    ]);
    await restore();
    expect(await servedSerial(host, 'a.example')).toBe(before);
  });

  test('who may read the key is said by keyGroup and keyMode', async () => {
    const fresh = await fixture.startHost({ sites: [{ serverName: 'b.example', lineage: 'b' }] });
    if (typeof busybox !== 'string') await giveBusyBox(fresh, busybox.root);
    await fixture.publish('a', ['a.example']);
    const { report } = await fixture.install(fresh, 'a', { keyGroup: '101', keyMode: '0640' });
    expect(report.results).toMatchObject([{ outcome: 'installed-not-served' }]);
    const key = join(fresh.root, 'live/a/privkey.pem');
    expect(await runCommand('stat', ['-L', '-c', '%u:%g %a', key])).toBe('0:101 640\n');
  });
});
