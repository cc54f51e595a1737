import { chmod, mkdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { type InstallFixture, servedSerial, startInstallFixture } from './install-fixture.ts';
import { assertUnbroken } from './tls-probe.ts';

let fixture: InstallFixture;
let host: Host;
beforeAll(async () => {
  fixture = await startInstallFixture();
  const sites = ['a', 'b'].map((lineage) => ({ serverName: `${lineage}.example`, lineage }));
  host = await fixture.startHost({ reload: 'hooks', sites });
});
afterAll(() => fixture?.stop());

const hooks = () => join(host.root, 'renewal-hooks/deploy');

async function writeHook(name: string, text: string, mode = 0o755): Promise<void> {
  await writeFile(join(hooks(), name), `#!/bin/sh\n${text}\n`);
  await chmod(join(hooks(), name), mode);
}

const install = (names: string) => fixture.install(host, names, { reload: 'hooks', container: '' });

describe("certbot's deploy hooks", () => {
  beforeEach(async () => {
    await rm(hooks(), { recursive: true, force: true });
    await mkdir(hooks(), { recursive: true });
    await writeHook('20-reload', '$(command -v podman || command -v docker) exec web nginx -s reload');
  });

  test('are run in order, for each lineage, with its folder and names; those not executable are not', async () => {
    await writeHook(
      '10-note',
      'echo "$(basename "$0") $RENEWED_LINEAGE $RENEWED_DOMAINS" >>/mnt/letsencrypt/hooks.log',
    );
    await writeHook('15-off', 'echo off >>/mnt/letsencrypt/hooks.log', 0o644);
    await fixture.publish('a', ['a.example', 'www.a.example']);
    const { serial } = await fixture.publish('b', ['b.example', '*.b.example']);
    const stopProbe = fixture.probe(host, 'b.example');
    const { report, exitCode } = await install('a b');
    expect(report.results).toMatchObject([
      { outcome: 'served', served: expect.arrayContaining(['a.example']) },
      { outcome: 'served', served: ['b.example'] },
    ]);
    expect(exitCode).toBe(0);
    expect(await servedSerial(host, 'b.example')).toBe(serial);
    assertUnbroken(await stopProbe());
    const log = await readFile(join(host.root, 'hooks.log'), 'utf8');
    expect(log).toBe(
      '10-note /mnt/letsencrypt/live/a a.example www.a.example\n10-note /mnt/letsencrypt/live/b b.example *.b.example\n',
    );
  });

  test('that fail for one lineage roll that one back, and the other is served', async () => {
    const link = await readlink(join(host.root, 'live/a'));
    await writeHook('10-fails', 'case $RENEWED_LINEAGE in */a) echo "cannot take it"; exit 1 ;; esac');
    for (const name of ['a', 'b']) await fixture.publish(name, [`${name}.example`]);
    const { report, exitCode } = await install('a b');
    expect(report.results).toMatchObject([
      { name: 'a', outcome: 'rolled-back', reason: 'hook-failed' },
      { name: 'b', outcome: 'served' },
    ]);
    expect(report.results[0]?.message).toContain('10-fails failed for a: cannot take it');
    expect(exitCode).toBe(1);
    expect(basename(await readlink(join(host.root, 'live/a')))).toBe(basename(link));
  });

  test('may leave a process running: it does not hold the lock', async () => {
    await writeHook('30-daemon', 'sleep 100 >/dev/null 2>&1 &\necho $! >>/mnt/letsencrypt/daemons');
    await fixture.publish('a', ['a.example']);
    expect((await install('a')).report.results).toMatchObject([{ outcome: 'served' }]);
    await fixture.publish('a', ['a.example']);
    expect((await install('a')).report.results).toMatchObject([{ outcome: 'served' }]);
    const daemons = await readFile(join(host.root, 'daemons'), 'utf8');
    for (const pid of daemons.trim().split('\n')) process.kill(Number(pid));
  });
});
