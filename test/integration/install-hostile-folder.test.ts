import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readFile,
  readlink,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { type InstallFixture, servedSerial, startInstallFixture } from './install-fixture.ts';
import { assertUnbroken } from './tls-probe.ts';

const NOBODY = 65_534;

let fixture: InstallFixture;
let host: Host;
beforeAll(async () => {
  fixture = await startInstallFixture();
  host = await fixture.startHost({ sites: [{ serverName: 'a.example', lineage: 'a' }] });
});
afterAll(() => fixture?.stop());

const inRoot = (path: string) => join(host.root, path);
/** As the script sees it, outside the root folder. */
const OUTSIDE = '/mnt/outside';
const outside = () => join(host.root, '../outside');

/** What root of a container that has the folder mounted writable can put there before the next installation. */
interface Plant {
  what: string;
  at: (version: string) => string;
  /** A folder instead of a file is what the link leads to. */
  folder?: true;
}

describe('a link that somebody planted is not followed', () => {
  beforeEach(async () => {
    await rm(outside(), { recursive: true, force: true });
  });

  test.each<Plant>([
    { what: 'the mark of an earlier release', at: () => 'archive/a/.not-served' },
    { what: 'the note of an earlier release', at: () => 'archive/a/.previous' },
    { what: 'the lock of an earlier release', at: () => '.perennial.lock' },
    { what: 'the folder that is filled', at: () => 'archive/a/.incoming', folder: true },
    { what: "the version's folder", at: (version) => `archive/a/${version}`, folder: true },
    { what: 'the link before it is renamed', at: () => 'live/.a.new', folder: true },
  ])('in the place of $what; the certificate is installed', async ({ at, folder }) => {
    const { version, serial } = await fixture.publish('a', ['a.example']);
    if (folder) await mkdir(outside());
    else await writeFile(outside(), 'mine');
    await symlink(OUTSIDE, inRoot(at(version)));
    const stopProbe = fixture.probe(host, 'a.example');
    const { report } = await fixture.install(host, 'a');
    expect(report.results).toMatchObject([{ outcome: 'served', serial }]);
    assertUnbroken(await stopProbe());
    if (folder) expect(existsSync(join(outside(), 'privkey.pem'))).toBe(false);
    else expect(await readFile(outside(), 'utf8')).toBe('mine');
    expect((await lstat(inRoot(`archive/a/${version}`))).isDirectory()).toBe(true);
    await rm(inRoot(at('none')), { force: true });
  });

  test.each(['live', 'archive', 'archive/a'])(
    'in the place of %s: refused, and nothing is written beyond it',
    async (folder) => {
      await fixture.publish('a', ['a.example']);
      const link = await readlink(inRoot('live/a'));
      await rename(inRoot(folder), outside());
      await symlink(OUTSIDE, inRoot(folder));
      const { report, exitCode } = await fixture.install(host, 'a');
      await rm(inRoot(folder));
      await rename(outside(), inRoot(folder));
      expect(report.results).toMatchObject([{ outcome: 'failed', reason: 'not-a-folder' }]);
      expect(report.results[0]?.message).toContain(`/mnt/letsencrypt/${folder} is a link`);
      expect(exitCode).toBe(1);
      expect(await readlink(inRoot('live/a'))).toBe(link);
    },
  );
});

describe('a folder that others than root can change is refused with the line that mends it', () => {
  test.each([
    ['', 0o777, 'writable-by-others', 'chmod go-w /mnt/letsencrypt'],
    ['live', 0o770, 'writable-by-others', 'chmod go-w /mnt/letsencrypt/live'],
    ['archive/a', 0o722, 'writable-by-others', 'chmod go-w /mnt/letsencrypt/archive/a'],
    ['archive/a', 'owner', 'wrong-owner', 'chown root /mnt/letsencrypt/archive/a'],
    ['archive', 'owner', 'wrong-owner', 'chown root /mnt/letsencrypt/archive'],
  ])('/%s with %s: %s', async (folder, spoilt, reason, line) => {
    await fixture.publish('a', ['a.example']);
    const before = await servedSerial(host, 'a.example');
    const { mode } = await lstat(inRoot(folder));
    if (spoilt === 'owner') await chown(inRoot(folder), NOBODY, 0);
    else await chmod(inRoot(folder), spoilt as number);
    const { report } = await fixture.install(host, 'a');
    await chown(inRoot(folder), 0, 0);
    await chmod(inRoot(folder), mode);
    expect(report.results).toMatchObject([{ outcome: 'failed', reason }]);
    expect(report.results[0]?.message).toMatch(new RegExp(`${line}$`));
    expect(await servedSerial(host, 'a.example')).toBe(before);
    expect((await fixture.install(host, 'a')).report.results).toMatchObject([{ outcome: 'served' }]);
  });
});

test('a lock that a container holds on the file of earlier releases holds up nothing', async () => {
  await fixture.publish('a', ['a.example']);
  host.prepare = 'exec 8>>/mnt/letsencrypt/.perennial.lock && flock 8';
  const { report } = await fixture.install(host, 'a');
  host.prepare = undefined;
  expect(report.results).toMatchObject([{ outcome: 'served' }]);
});

describe('a hook that others than root can change is not run as root', () => {
  const hook = () => inRoot('renewal-hooks/deploy/10-reload');
  const install = () => fixture.install(host, 'a', { reload: 'hooks', container: '' });
  beforeEach(async () => {
    await mkdir(dirname(hook()), { recursive: true });
    await writeFile(hook(), '#!/bin/sh\n: >/mnt/ran\n', { mode: 0o755 });
    await fixture.publish('a', ['a.example']);
  });

  test.each([
    ['itself', () => hook(), 'hook-unsafe'],
    ['its folder', () => dirname(hook()), 'writable-by-others'],
    ['the folder above', () => dirname(dirname(hook())), 'writable-by-others'],
  ])('%s', async (_, path, reason) => {
    await chmod(path(), 0o777);
    const { report } = await install();
    await chmod(path(), 0o755);
    expect(report.results).toMatchObject([{ outcome: 'failed', reason }]);
    expect(report.results[0]?.message).toContain('chmod go-w /mnt/letsencrypt/renewal-hooks');
    expect(existsSync(join(host.root, '../ran'))).toBe(false);
  });

  test('nor one behind a link that lies where others can write', async () => {
    await mkdir(join(host.root, '../open'), { mode: 0o777 });
    await chmod(join(host.root, '../open'), 0o777);
    await writeFile(join(host.root, '../open/hook'), '#!/bin/sh\n: >/mnt/ran\n', { mode: 0o755 });
    await rm(hook());
    await symlink('/mnt/open/hook', hook());
    const { report } = await install();
    expect(report.results).toMatchObject([{ outcome: 'failed', reason: 'hook-unsafe' }]);
    expect(report.results[0]?.message).toContain('chmod go-w /mnt/open');
    expect(existsSync(join(host.root, '../ran'))).toBe(false);
  });
});

describe('a version older than the installed one', () => {
  test('is refused: a pointer can be planted; with putBack it is installed', async () => {
    const older = await fixture.publish('a', ['a.example']);
    const { pair } = older;
    const newer = await fixture.publish('a', ['a.example']);
    await fixture.install(host, 'a');
    const back = (putBack?: boolean) =>
      fixture.publish('a', ['a.example'], { pair, change: { version: older.version, putBack } });
    await back();
    const refused = await fixture.install(host, 'a');
    expect(refused.report.results).toMatchObject([{ outcome: 'failed', reason: 'version-older' }]);
    expect(refused.report.results[0]?.message).toContain(newer.version);
    expect(await servedSerial(host, 'a.example')).toBe(newer.serial);
    await back(true);
    const { report } = await fixture.install(host, 'a');
    expect(report.results).toMatchObject([{ outcome: 'served', serial: older.serial }]);
  });
});
