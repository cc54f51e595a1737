import { existsSync } from 'node:fs';
import { lstat, readdir, readFile, readlink, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import type { Site } from '../../local/hosts/site.ts';
import { type InstallFixture, probe, servedSerial, startInstallFixture } from './install-fixture.ts';

let fixture: InstallFixture;
let hosts = 0;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

function startHost(sites: Site[], options: { mounts?: 'files' } = {}): Promise<Host> {
  hosts += 1;
  return fixture.hosts.start({ id: `i-${hosts}`, sites, ...options });
}

const site = (lineage: string, more: Partial<Site> = {}): Site => ({
  serverName: `${lineage}.example`,
  lineage,
  ...more,
});

describe('a new version', () => {
  test('is installed, reloaded and seen, without one failed probe; the second run finds nothing to do', async () => {
    const host = await startHost([site('new')]);
    const { version, serial } = await fixture.publish('new', ['new.example']);
    const stopProbe = probe(host, 'new.example');
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
    expect(seen.failures).toEqual([]);
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
      'exec web nginx -t',
      'exec web nginx -s reload',
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
    const stopProbe = probe(host, 'bot.example');
    const { report } = await fixture.install(host, 'bot');
    expect(report.results).toMatchObject([{ outcome: 'served' }]);
    expect(report.results[0]?.message).toContain('live/bot.before-perennial');
    expect(await servedSerial(host, 'bot.example')).toBe(serial);
    expect(existsSync(join(host.root, 'live/bot.before-perennial/fullchain.pem'))).toBe(true);
    expect(await readdir(join(host.root, 'renewal'))).toEqual(['bot.conf.before-perennial']);
    expect((await stopProbe()).failures).toEqual([]);
  });

  test('a failure puts everything back', async () => {
    const host = await startHost([site('undo', { layout: 'certbot' })]);
    const before = await servedSerial(host, 'undo.example');
    await fixture.publish('undo', ['undo.example']);
    await host.nginx.writeConfiguration('nonsense;');
    const { report } = await fixture.install(host, 'undo');
    expect(report.results).toMatchObject([{ outcome: 'rolled-back', reason: 'nginx-test-failed' }]);
    expect((await lstat(join(host.root, 'live/undo'))).isDirectory()).toBe(true);
    expect(await readdir(join(host.root, 'renewal'))).toEqual(['undo.conf']);
    expect(await servedSerial(host, 'undo.example')).toBe(before);
  });
});

// Most of their time is waiting for the new certificate, side by side.
describe.concurrent('rolled back and explained', () => {
  test('when nginx -t fails: the old one is served at every moment', async () => {
    const host = await startHost([site('broken')]);
    const before = await servedSerial(host, 'broken.example');
    const link = await readlink(join(host.root, 'live/broken'));
    await fixture.publish('broken', ['broken.example']);
    await host.nginx.writeConfiguration('events {} http { server { listen nowhere; } }');
    const stopProbe = probe(host, 'broken.example');
    const { report, exitCode } = await fixture.install(host, 'broken');
    expect(exitCode).toBe(1);
    expect(report.results).toMatchObject([{ outcome: 'rolled-back', reason: 'nginx-test-failed' }]);
    expect(report.results[0]?.message).toMatch(
      /back to the old certificate: .*emerg.*fails without the new certificate as well/,
    );
    expect(await readlink(join(host.root, 'live/broken'))).toBe(link);
    expect(await stopProbe()).toMatchObject({ failures: [], serials: [before] });
  });

  test('when the container mounts files instead of the folder', { timeout: 90_000 }, async () => {
    const host = await startHost([site('filed')], { mounts: 'files' });
    const before = await servedSerial(host, 'filed.example');
    await fixture.publish('filed', ['filed.example']);
    const stopProbe = probe(host, 'filed.example');
    const { report } = await fixture.install(host, 'filed');
    expect(report.results).toMatchObject([{ outcome: 'rolled-back', reason: 'mounted-file' }]);
    expect(report.results[0]?.message).toContain('mount the folder');
    expect(await stopProbe()).toMatchObject({ failures: [], serials: [before] });
  });

  test('when a server_name is wrong and another certificate answers', { timeout: 90_000 }, async () => {
    const host = await startHost([site('first'), site('typo', { serverName: 'tpyo.example' })]);
    await fixture.publish('typo', ['typo.example']);
    const { report } = await fixture.install(host, 'typo');
    expect(report.results).toMatchObject([{ outcome: 'rolled-back', reason: 'other-certificate-served' }]);
    expect(report.results[0]?.message).toContain('server_name');
  });

  test('alone, when the other certificates of the command are served', { timeout: 90_000 }, async () => {
    const host = await startHost([site('fine'), site('lost', { serverName: 'tsol.example' })]);
    for (const name of ['fine', 'lost']) await fixture.publish(name, [`${name}.example`]);
    const { report } = await fixture.install(host, 'fine lost');
    expect(report.results).toMatchObject([{ outcome: 'served' }, { outcome: 'rolled-back' }]);
  });
});

describe('a run that was killed', () => {
  test('between swap and reload is mended by the next one', async () => {
    const host = await startHost([site('killed')]);
    const { serial } = await fixture.publish('killed', ['killed.example']);
    const stopProbe = probe(host, 'killed.example');
    await shadowEngine(host, 'case $* in *-t) kill -9 $(ps -o sid= $$) ;; esac');
    const killed = await fixture.install(host, 'killed');
    expect(killed.exitCode).not.toBe(0);
    expect(killed.stdout).toBe('');
    await unshadowEngine(host);
    const { report } = await fixture.install(host, 'killed');
    expect(report.results).toMatchObject([{ outcome: 'served' }]);
    expect(await servedSerial(host, 'killed.example')).toBe(serial);
    expect((await stopProbe()).failures).toEqual([]);
  });

  test('between swap and reload can still be rolled back by the next one', async () => {
    const host = await startHost([site('late')]);
    const link = await readlink(join(host.root, 'live/late'));
    await fixture.publish('late', ['late.example']);
    await shadowEngine(host, 'case $* in *-t) kill -9 $(ps -o sid= $$) ;; esac');
    await fixture.install(host, 'late');
    expect(await readlink(join(host.root, 'live/late'))).not.toBe(link);
    await unshadowEngine(host);
    await host.nginx.writeConfiguration('nonsense;');
    const { report } = await fixture.install(host, 'late');
    expect(report.results).toMatchObject([{ outcome: 'rolled-back' }]);
    expect(await readlink(join(host.root, 'live/late'))).toBe(link);
  });
});

describe('a container', () => {
  test('that is absent keeps the new version for when it is back', async () => {
    const host = await startHost([site('gone')]);
    const { version } = await fixture.publish('gone', ['gone.example']);
    await host.nginx.stop();
    const { report, exitCode } = await fixture.install(host, 'gone');
    expect(exitCode).toBe(1);
    expect(report.results).toMatchObject([{ outcome: 'failed', reason: 'container-not-found' }]);
    expect(await readlink(join(host.root, 'live/gone'))).toContain(version);
    await host.nginx.start();
    expect((await fixture.install(host, 'gone')).report.results).toMatchObject([{ outcome: 'unchanged' }]);
  });

  test('that comes back within seconds is waited for', async () => {
    const host = await startHost([site('restart')]);
    await fixture.publish('restart', ['restart.example']);
    await shadowEngine(
      host,
      `count="$TMPDIR/../../inspected"; case $1 in container) echo x >>"$count"; [ "$(wc -l <"$count")" -gt 2 ] || { echo '"Status": "restarting"'; exit 0; } ;; esac`,
    );
    const { report } = await fixture.install(host, 'restart');
    expect(report.results).toMatchObject([{ outcome: 'served' }]);
  });
});

const engineFile = (host: Host) => join(host.bin, existsSync(join(host.bin, 'podman')) ? 'podman' : 'docker');

/** Runs shell text before the container engine on this host. */
async function shadowEngine(host: Host, text: string): Promise<void> {
  const file = engineFile(host);
  const original = await readFile(file, 'utf8');
  if (!existsSync(`${file}.original`)) await writeFile(`${file}.original`, original, { mode: 0o755 });
  await writeFile(
    file,
    original.replace('#!/bin/sh\n', (first) => `${first}${text}\n`),
  );
}

async function unshadowEngine(host: Host): Promise<void> {
  const file = engineFile(host);
  await writeFile(file, await readFile(`${file}.original`, 'utf8'));
}

/** Notes what the script asks of the container engine. */
async function spyOnEngine(host: Host): Promise<() => Promise<string[]>> {
  const log = join(host.bin, 'engine.log');
  await shadowEngine(host, `echo "$*" >>'${log}'`);
  return async () => (await readFile(log, 'utf8')).trimEnd().split('\n');
}
