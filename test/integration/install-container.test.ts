import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type InstallFixture, probe, servedSerial, startInstallFixture } from './install-fixture.ts';

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

describe('the script on a host with Nginx in a container', () => {
  test('installs a new version, reloads, and sees it served, without one failed probe', async () => {
    const host = await fixture.hosts.start({
      id: 'i-0a',
      sites: [{ serverName: 'a.example', lineage: 'a' }],
    });
    const { version, serial } = await fixture.publish('a', ['a.example']);
    const stopProbe = probe(host, 'a.example');
    const { report, exitCode } = await fixture.install(host, 'a');
    expect(report.results).toMatchObject([
      {
        name: 'a',
        version,
        serial,
        outcome: 'served',
        reason: 'new-certificate-served',
        served: ['a.example'],
      },
    ]);
    expect(exitCode).toBe(0);
    expect(await servedSerial(host, 'a.example')).toBe(serial);
    const seen = await stopProbe();
    expect(seen.failures).toEqual([]);
    expect(seen.serials).toContain(serial);
    const again = await fixture.install(host, 'a');
    expect(again.report.results).toMatchObject([{ outcome: 'unchanged' }]);
  });
});
