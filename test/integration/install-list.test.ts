import { mkdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { shadow } from './host-faults/shadow.ts';
import { type InstallFixture, type Published, servedSerial, startInstallFixture } from './install-fixture.ts';

const EXAMPLES = join(import.meta.dirname, '../../examples');
let fixture: InstallFixture;
beforeAll(async () => {
  fixture = await startInstallFixture();
});
afterAll(() => fixture?.stop());

const site = (lineage: string) => ({ serverName: `${lineage}.example`, lineage });
const installList = (host: Host, parameters: Record<string, string> = {}) =>
  fixture.install(host, '', { group: 'web', ...parameters });
const outcomes = ({ report }: Awaited<ReturnType<typeof installList>>) =>
  report.results.map(({ name, outcome }) => `${name} ${outcome}`);
const isReady = async (host: Host) =>
  (await readFile(join(host.state, 'ready'), 'utf8').catch(() => '')) ===
  (await readFile('/proc/sys/kernel/random/boot_id', 'utf8'));
const publish = (name: string, more = {}) => fixture.publish(name, [`${name}.example`], more);

describe("a run by the group's list", () => {
  test('installs all that a new host lacks, and asks for no pointer', async () => {
    const host = await fixture.startHost({ sites: [] });
    const published: Published[] = [];
    for (const name of ['first', 'second']) published.push(await publish(name));
    await fixture.list(...published);
    for (const name of ['first', 'second']) await fixture.put(`live/${name}.json`, '{}');
    expect(await isReady(host)).toBe(false);
    const run = await installList(host);
    expect(outcomes(run)).toEqual(['first installed-not-served', 'second installed-not-served']);
    expect(run.exitCode).toBe(0);
    for (const { name, version, pair } of published) {
      expect(await readlink(join(host.root, 'live', name))).toBe(`../archive/${name}/${version}`);
      expect(await readFile(join(host.root, 'live', name, 'fullchain.pem'), 'utf8')).toBe(pair.fullchain);
    }
    expect(await isReady(host)).toBe(true);
    expect((await stat(join(host.state, 'ready'))).mode & 0o777).toBe(0o600);
  });

  test('is what makes a host ready: a command, which may bring one of several, does not', async () => {
    const host = await fixture.startHost({ sites: [] });
    await publish('commanded');
    await fixture.install(host, 'commanded');
    expect(await isReady(host)).toBe(false);
  });

  test('has a server that runs take up what is new, and finds nothing to do then', async () => {
    const host = await fixture.startHost({ sites: [site('served')] });
    const published = await publish('served');
    await fixture.list(published);
    const run = await installList(host);
    expect(outcomes(run)).toEqual(['served served']);
    expect(await servedSerial(host, 'served.example')).toBe(published.serial);
    const again = await installList(host);
    expect(again.report.results).toEqual([]);
    expect(again.exitCode).toBe(0);
  });

  test('leaves a version alone that is newer than the list, and goes back to one that was put back', async () => {
    const host = await fixture.startHost({ sites: [site('order')] });
    const older = await publish('order');
    const newer = await publish('order');
    await fixture.install(host, 'order');
    await fixture.list(older);
    expect((await installList(host)).report.results).toEqual([]);
    expect(await readlink(join(host.root, 'live/order'))).toContain(newer.version);
    await fixture.list({ ...older, putBack: true });
    // Who may write lists may not write pointers, and only a pointer brings an older version back.
    expect((await installList(host)).report.results).toEqual([]);
    await fixture.pointTo(older, { putBack: true });
    await fixture.list(older);
    expect((await installList(host)).report.results).toEqual([]);
    await fixture.list({ ...older, putBack: true });
    expect(outcomes(await installList(host))).toEqual(['order served']);
    expect(await servedSerial(host, 'order.example')).toBe(older.serial);
  });

  test('leaves a version alone that is newer than the list and that nothing serves', async () => {
    const host = await fixture.startHost({ sites: [] });
    const older = await publish('ahead');
    const newer = await publish('ahead');
    await fixture.install(host, 'ahead');
    await fixture.list(older);
    const run = await installList(host);
    expect(run.report.results).toEqual([]);
    expect(run.exitCode).toBe(0);
    expect(await readlink(join(host.root, 'live/ahead'))).toContain(newer.version);
  });

  test('replaces nothing where hosts have windows, and installs what is missing', async () => {
    const host = await fixture.startHost({ sites: [site('kept')] });
    const kept = await publish('kept');
    await fixture.install(host, 'kept');
    const next = await publish('kept');
    await fixture.list(next, await publish('added'));
    const windows = { newHostsOnly: 'true' };
    expect(outcomes(await installList(host, windows))).toEqual(['added installed-not-served']);
    expect(await servedSerial(host, 'kept.example')).toBe(kept.serial);
    // As where hosts are told by nothing but the list, in another region.
    expect(outcomes(await installList(host))).toContain('kept served');
    expect(await servedSerial(host, 'kept.example')).toBe(next.serial);
  });

  test('replaces what is over although hosts have windows, as in an image that has grown old', async () => {
    const days = (count: number) => new Date(Date.now() + count * 86_400_000);
    const names = ['over.example'];
    const certificate = await fixture.authority.issue({ names, notBefore: days(-90), notAfter: days(-1) });
    const host = await fixture.startHost({ sites: [{ ...site('over'), certificate }] });
    const published = await publish('over');
    await fixture.list(published);
    expect(outcomes(await installList(host, { newHostsOnly: 'true' }))).toEqual(['over served']);
    expect(await servedSerial(host, 'over.example')).toBe(published.serial);
  });

  test('looks again at what nothing served, and replaces it in no window either', async () => {
    const host = await fixture.startHost({ sites: [] });
    const windows = { newHostsOnly: 'true' };
    const first = await publish('unseen');
    await fixture.list(first);
    expect(outcomes(await installList(host, windows))).toEqual(['unseen installed-not-served']);
    expect(outcomes(await installList(host, windows))).toEqual(['unseen installed-not-served']);
    await fixture.list(await publish('unseen'));
    expect(outcomes(await installList(host, windows))).toEqual([]);
    expect(await readlink(join(host.root, 'live/unseen'))).toBe(`../archive/unseen/${first.version}`);
  });

  test('outlasts the commands that a check sends at the same time: the next run comes a day later', async () => {
    const host = await fixture.startHost({ sites: [] });
    await fixture.list(await publish('busy'));
    host.prepare = 'mkdir -p /var/lib/perennial && exec 8>>/var/lib/perennial/lock && flock 8';
    const count = 'echo waited >>/mnt/waits; [ "$(wc -l </mnt/waits)" -lt 80 ] || flock -u 8';
    await shadow(host, 'sleep', `${count}; exit 0`);
    expect(outcomes(await installList(host))).toEqual(['busy installed-not-served']);
    expect(await isReady(host)).toBe(true);
  });

  test('is ready before there is a server, and sees later that there is one', async () => {
    const host = await fixture.startHost({ sites: [] });
    await fixture.list(await publish('early'));
    const gone = await installList(host, { container: 'not-there' });
    expect(gone.report.results).toMatchObject([
      {
        outcome: 'installed-not-served',
        reason: 'nothing-serves-it',
        message: expect.stringContaining(
          'installed, for when there is a server: there is no container not-there',
        ),
      },
    ]);
    expect(gone.exitCode).toBe(0);
    expect(await isReady(host)).toBe(true);
    // Looked at, and nothing reloaded: with the container not there a reload would be told.
    expect(outcomes(await installList(host, { container: 'not-there' }))).toEqual([
      'early installed-not-served',
    ]);
  });

  test('ends the wait of what starts a server at boot', async () => {
    const host = await fixture.startHost({ sites: [] });
    await fixture.list(await publish('waited'));
    const script = await readFile(join(EXAMPLES, 'first-boot/wait-for-certificates.sh'), 'utf8');
    await mkdir(host.state, { recursive: true });
    await writeFile(join(host.state, 'ready'), 'another-boot\n');
    const ended = { wait: 0, install: 0 };
    const waiting = host.run({ script, env: {}, limitMs: 120_000 }).finally(() => {
      ended.wait = Date.now();
    });
    const installed = await installList(host);
    ended.install = Date.now();
    expect(outcomes(installed)).toEqual(['waited installed-not-served']);
    expect((await waiting).exitCode).toBe(0);
    expect(ended.wait).toBeGreaterThanOrEqual(ended.install - 1_000);
  });

  test('is waited for by the same line in all examples', async () => {
    const read = (path: string) => readFile(join(EXAMPLES, path), 'utf8');
    const script = await read('first-boot/wait-for-certificates.sh');
    const [line = ''] = /^timeout .*done'/m.exec(script) ?? [];
    expect(line).toContain('/var/lib/perennial/ready');
    expect(await read('elastic-beanstalk/.platform/hooks/prebuild/10-wait-for-certificates.sh')).toBe(script);
    expect(await read('first-boot/auto-scaling.yml')).toContain(`${line}\n`);
    expect(await read('../docs/guides/new-hosts.md')).toContain(`${line}\n`);
  });

  test('that fails of one certificate installs the others, and is not ready', async () => {
    const host = await fixture.startHost({ sites: [] });
    const good = await publish('good');
    const bad = await publish('bad');
    await fixture.put(`archive/bad/${bad.version}/privkey.pem`, good.pair.privkey);
    await fixture.list(good, bad);
    const run = await installList(host);
    expect(outcomes(run)).toEqual(['bad failed', 'good installed-not-served']);
    expect(run.exitCode).toBe(1);
    expect(await isReady(host)).toBe(false);
  });

  test('passes over what cannot be a name, and refuses a list that it cannot read', async () => {
    const host = await fixture.startHost({ sites: [] });
    const fine = await publish('fine');
    await fixture.list(fine, { ...fine, name: '../../etc' }, { ...fine, name: 'a;id' });
    expect(outcomes(await installList(host))).toEqual(['fine installed-not-served']);
    const refused = await installList(host, { group: 'other' });
    expect(refused.report).toMatchObject({ reason: 'object-missing', results: [] });
    expect(refused.exitCode).toBe(1);
    const hostile = await installList(host, { group: '../web' });
    expect(hostile.report).toMatchObject({ reason: 'bad-parameter' });
    await rm(join(host.root, 'live/fine'));
    expect(outcomes(await installList(host))).toEqual(['fine installed-not-served']);
  });
});
