import { existsSync } from 'node:fs';
import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import type { Site } from '../../local/hosts/site.ts';
import { engineOf, shadow } from './host-faults/shadow.ts';
import { type InstallFixture, servedSerial, startInstallFixture } from './install-fixture.ts';
import { assertUnbroken } from './tls-probe.ts';

let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

const startHost = (sites: Site[]) => fixture.startHost({ sites });

const site = (lineage: string, more: Partial<Site> = {}): Site => ({
  serverName: `${lineage}.example`,
  lineage,
  ...more,
});

describe('a new version', () => {
  test('is installed, reloaded and seen, without one failed probe; the second run finds nothing to do', async () => {
    const host = await startHost([site('new')]);
    const { version, serial } = await fixture.publish('new', ['new.example']);
    const stopProbe = fixture.probe(host, 'new.example');
    const { report, exitCode } = await fixture.install(host, 'new');
    expect(report.results).toEqual([
      {
        name: 'new',
        version,
        serial,
        outcome: 'served',
        reason: 'new-certificate-served',
        message: expect.stringContaining('new.example'),
        served: ['new.example'],
      },
    ]);
    expect(exitCode).toBe(0);
    expect(await servedSerial(host, 'new.example')).toBe(serial);
    const seen = await stopProbe();
    assertUnbroken(seen);
    expect(seen.serials.at(-1)).toBe(serial);

    const again = await fixture.install(host, 'new');
    expect(again.report.results).toMatchObject([{ outcome: 'unchanged', reason: 'already-served' }]);
    expect(again.exitCode).toBe(0);
  });

  test("lies in certbot's layout, its files for root only", async () => {
    const host = await startHost([site('layout')]);
    const { version, pair } = await fixture.publish('layout', ['layout.example']);
    await fixture.install(host, 'layout');
    expect(await readlink(join(host.root, 'live/layout'))).toBe(`../archive/layout/${version}`);
    const folder = join(host.root, 'archive/layout', version);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    for (const file of ['cert', 'chain', 'fullchain', 'privkey'])
      expect((await stat(join(folder, `${file}.pem`))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(folder, 'privkey.pem'), 'utf8')).toBe(pair.privkey);
  });

  test('of several certificates needs one test and one reload', async () => {
    const host = await startHost(['m1', 'm2', 'm3'].map((name) => site(name)));
    for (const name of ['m1', 'm2', 'm3']) await fixture.publish(name, [`${name}.example`]);
    const log = await spyOnEngine(host);
    const { report } = await fixture.install(host, 'm1 m2 m3');
    expect(report.results.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['m1', 'served'],
      ['m2', 'served'],
      ['m3', 'served'],
    ]);
    expect((await log()).filter((line) => line.startsWith('exec'))).toEqual([
      'exec web /usr/sbin/nginx -t',
      'exec web /usr/sbin/nginx -s reload',
    ]);
  });

  test('leaves three versions', async () => {
    const host = await startHost([site('kept')]);
    const versions: string[] = [];
    for (let n = 0; n < 4; n += 1) {
      versions.push((await fixture.publish('kept', ['kept.example'])).version);
      await fixture.install(host, 'kept');
    }
    const left = (await readdir(join(host.root, 'archive/kept'))).filter((entry) => !entry.startsWith('.'));
    expect(left.sort()).toEqual(versions.slice(-3));
  });

  test('of a lineage that nothing serves yet is installed, not rolled back, also at its next renewal', async () => {
    const host = await startHost([site('other')]);
    for (const _ of ['first', 'next']) {
      const { version } = await fixture.publish('later', ['later.example']);
      const { report, exitCode } = await fixture.install(host, 'later');
      expect(report.results).toMatchObject([
        { outcome: 'installed-not-served', reason: 'nothing-serves-it', served: [] },
      ]);
      expect(exitCode).toBe(0);
      expect(await readlink(join(host.root, 'live/later'))).toContain(version);
    }
  });

  test('is asked for by serverNames where a certificate has only wildcards', async () => {
    const host = await startHost([site('wild', { serverName: 'shop.wild.example' })]);
    await fixture.publish('wild', ['*.wild.example']);
    expect((await fixture.install(host, 'wild')).report.results).toMatchObject([
      { reason: 'no-name-to-ask' },
    ]);
    await fixture.publish('wild', ['*.wild.example'], { serverNames: ['shop.wild.example'] });
    expect((await fixture.install(host, 'wild')).report.results).toMatchObject([
      { outcome: 'served', served: ['shop.wild.example'] },
    ]);
  });
});

describe("over certbot's own folder", () => {
  test('the folder and its renewal configuration are moved aside and reported', async () => {
    const host = await startHost([site('bot', { layout: 'certbot' })]);
    const { serial } = await fixture.publish('bot', ['bot.example']);
    const stopProbe = fixture.probe(host, 'bot.example');
    const { report } = await fixture.install(host, 'bot');
    expect(report.results).toMatchObject([{ outcome: 'served' }]);
    expect(report.results[0]?.message).toContain('live/bot.before-perennial');
    expect(await servedSerial(host, 'bot.example')).toBe(serial);
    expect(existsSync(join(host.root, 'live/bot.before-perennial/fullchain.pem'))).toBe(true);
    expect(await readdir(join(host.root, 'renewal'))).toEqual(['bot.conf.before-perennial']);
    assertUnbroken(await stopProbe());
  });
});

/** Notes what the script asks of the container engine. */
async function spyOnEngine(host: Host): Promise<() => Promise<string[]>> {
  const log = join(host.bin, 'engine.log');
  await shadow(host, engineOf(host), `echo "$*" >>'${log}'`);
  return async () => (await readFile(log, 'utf8')).trimEnd().split('\n');
}
