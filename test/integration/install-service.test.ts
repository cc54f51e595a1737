import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { type InstallFixture, servedSerial, startInstallFixture } from './install-fixture.ts';
import { assertUnbroken } from './tls-probe.ts';

describe('the script on a host with Nginx as a service', () => {
  let fixture: InstallFixture;
  let host: Host;
  beforeAll(async () => {
    fixture = await startInstallFixture();
    const sites = [{ serverName: 'a.example', lineage: 'a' }];
    host = await fixture.startHost({ reload: 'service', sites });
  });
  afterAll(() => fixture?.stop());

  const install = (names: string) => fixture.install(host, names, { reload: 'service', container: '' });

  test('a new version is installed, reloaded and seen, without one failed probe', async () => {
    const { serial } = await fixture.publish('a', ['a.example']);
    const stopProbe = fixture.probe(host, 'a.example');
    const { report, exitCode } = await install('a');
    expect(report.results).toMatchObject([{ outcome: 'served', served: ['a.example'] }]);
    expect(exitCode).toBe(0);
    expect(await servedSerial(host, 'a.example')).toBe(serial);
    assertUnbroken(await stopProbe());
    expect((await install('a')).report.results).toMatchObject([{ outcome: 'unchanged' }]);
  });

  test('a failed nginx -t is rolled back', async () => {
    const before = await servedSerial(host, 'a.example');
    const link = await readlink(join(host.root, 'live/a'));
    await fixture.publish('a', ['a.example']);
    await host.nginx.writeConfiguration('nonsense;');
    expect((await install('a')).report.results).toMatchObject([
      { outcome: 'rolled-back', reason: 'nginx-test-failed' },
    ]);
    expect(await readlink(join(host.root, 'live/a'))).toBe(link);
    expect(await servedSerial(host, 'a.example')).toBe(before);
  });

  test('an Nginx that does not run keeps the new version for when it does', async () => {
    const sites = [{ serverName: 'b.example', lineage: 'b' }];
    const stopped = await fixture.startHost({ reload: 'service', sites });
    await stopped.nginx.stop();
    const { version } = await fixture.publish('b', ['b.example']);
    const { report, exitCode } = await fixture.install(stopped, 'b', { reload: 'service' });
    expect(report.results).toMatchObject([{ outcome: 'failed', reason: 'nginx-not-running' }]);
    expect(exitCode).toBe(1);
    expect(await readlink(join(stopped.root, 'live/b'))).toContain(version);
  });
});
