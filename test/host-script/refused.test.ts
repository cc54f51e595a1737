import { readdirSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { type SelfSignedOptions, selfSign } from '../../local/hosts/self-signed.ts';
import type { StoredVersion } from '../fakes/bare-host/objects.ts';
import { type BareHost, startBareHost } from '../fakes/bare-host.ts';

const DAY_MS = 86_400_000;
const OLD = '20250101T000000Z-000000';
const certificate = (options: Partial<SelfSignedOptions> = {}) =>
  selfSign({ names: ['a.example'], ...options });
const fromNow = (days: number) => new Date(Date.now() + days * DAY_MS);

let host: BareHost;
beforeAll(async () => {
  host = await startBareHost();
  await writeLineage(host.root, 'a', await certificate(), 'perennial');
  host.server.serve('a.example', 'a');
});
afterAll(() => host?.stop());

/** Whatever is refused here, nothing has changed and Nginx was not asked. */
beforeEach(() => host.forgetAsked());
afterEach(() => {
  host.prepare = undefined;
  expect(host.link('a')).toContain(OLD);
  expect(host.asked()).toEqual([]);
  expect(readdirSync(host.temporary)).toEqual([]);
});

async function replace(file: 'fullchain' | 'privkey', { name, version }: StoredVersion) {
  const other = await certificate();
  host.put(`archive/${name}/${version}/${file}.pem`, other[file]);
}
const withKeyOf = async (other: Promise<{ privkey: string }>) => ({
  fullchain: (await certificate()).fullchain,
  privkey: (await other).privkey,
});

describe('a version', () => {
  test.each<[string, string, () => Promise<unknown>]>([
    [
      'with another certificate than its pointer has',
      'hash-mismatch',
      async () => replace('fullchain', host.publish('a', await certificate())),
    ],
    [
      'with another key than its pointer has',
      'hash-mismatch',
      async () => replace('privkey', host.publish('a', await certificate())),
    ],
    [
      'whose key is not its own',
      'key-mismatch',
      async () => host.publish('a', await withKeyOf(certificate())),
    ],
    [
      'that does not cover a name of its pointer',
      'names-mismatch',
      async () => host.publish('a', await certificate(), { names: ['a.example', 'b.example'] }),
    ],
    [
      'that has expired',
      'expired',
      async () => host.publish('a', await certificate({ notBefore: fromNow(-9), notAfter: fromNow(-1) })),
    ],
    [
      'that is not valid yet',
      'not-yet-valid',
      async () => host.publish('a', await certificate({ notBefore: fromNow(1), notAfter: fromNow(9) })),
    ],
    [
      'whose pointer leads out of the archive',
      'pointer-malformed',
      async () => host.publish('a', await certificate(), { version: '../../../tmp' }),
    ],
    [
      'whose pointer has a name that is none',
      'pointer-malformed',
      async () => host.publish('a', await certificate(), { names: ['a.example;id'] }),
    ],
    [
      'whose pointer has a server name that is none',
      'pointer-malformed',
      async () => host.publish('a', await certificate(), { serverNames: ['$(id)'] }),
    ],
    [
      'whose pointer has no serial number',
      'pointer-malformed',
      async () => host.publish('a', await certificate(), { serial: '' }),
    ],
    [
      'whose pointer has no hash of the key',
      'pointer-malformed',
      async () => host.publish('a', await certificate(), { sha256: { fullchain: '0'.repeat(64) } }),
    ],
    [
      'that is not there',
      'object-missing',
      async () => host.publish('a', await certificate(), { version: '20261120T999999Z-aaaaaa' }),
    ],
    [
      'older than the installed one',
      'version-older',
      async () => host.publish('a', await certificate(), { version: '20240101T000000Z-aaaaaa' }),
    ],
    [
      'that is longer than a certificate and its chain can be',
      'hash-mismatch',
      async () => {
        const pair = await certificate();
        host.publish('a', { ...pair, fullchain: `${pair.fullchain}${'#'.repeat(300_000)}\n` });
      },
    ],
  ])('%s is refused before the swap: %s', async (_, reason, publish) => {
    await publish();
    const { results, exitCode } = await host.install('a');
    expect(results).toMatchObject([{ outcome: 'failed', reason }]);
    expect(exitCode).toBe(1);
  });

  test('that this host may not read is told as such', async () => {
    host.publish('a', await certificate());
    host.deny();
    expect((await host.install('a')).results).toMatchObject([{ reason: 'access-denied' }]);
    host.allow();
  });
});

describe('a run', () => {
  const refused = async (parameters: Record<string, string>, names = 'a') => {
    host.publish('a', await certificate());
    return (await host.install(names, parameters)).report;
  };

  test.each([
    ['root', { root: '/mnt/letsencrypt/../etc' }],
    ['root', { root: '/' }],
    ['bucket', { bucket: 'a b' }],
    ['reload', { reload: 'restart' }],
    ['port', { port: '443;id' }],
    ['port', { port: '443\n443' }],
    // As if it were two parameters, each with a value that is allowed.
    ['port', { port: '443\nport 443' }],
    ['keyMode', { keyMode: '0666' }],
    ['keyGroup', { keyGroup: '$(id)' }],
    ['address', { address: 'example.com' }],
    ['container', { reload: 'container', container: '-v' }],
    ['proxyProtocol', { proxyProtocol: 'maybe' }],
  ])('with a %s that is none is refused: %o', async (name, parameters) => {
    const { reason, message } = await refused(parameters);
    expect(reason).toBe('bad-parameter');
    expect(message).toContain(name);
  });

  test.each(['../a', 'a ../b', 'a b..c', 'a.before-perennial', 'A', '', '-a', 'a/b'])(
    'for names that cannot be lineage names is refused as a whole: %j',
    async (names) => {
      expect(await refused({}, names)).toMatchObject({ reason: 'bad-parameter' });
    },
  );

  test('waits for the lock while another holds it, and gives up', async () => {
    host.publish('a', await certificate());
    host.prepare = 'exec 8>>/var/lib/perennial/lock && flock 8';
    host.program('sleep', 'exit 0');
    const { report } = await host.install('a');
    host.withoutProgram('sleep');
    expect(report.reason).toBe('locked');
  });

  test.each(['openssl', 'flock'])('without %s says so', async (tool) => {
    host.publish('a', await certificate());
    host.prepare = `for folder in /usr/local/bin /usr/bin /bin /usr/sbin /sbin; do [ ! -e "$folder/${tool}" ] || mount --bind /dev/null "$folder/${tool}"; done`;
    expect((await host.install('a')).report.reason).toBe(`${tool}-missing`);
  });

  test('of an agent that gives scripts no parameters says so', async () => {
    host.prepare = 'unset SSM_names';
    const { report } = await host.install('a');
    expect(report.reason).toBe('agent-too-old');
  });

  test('refuses one certificate alone, and installs the other', async () => {
    host.publish('a', await certificate(), { serial: '' });
    const { version } = host.publish('b', await selfSign({ names: ['b.example'] }));
    const { results, exitCode } = await host.install('a b');
    expect(results).toMatchObject([
      { name: 'a', outcome: 'failed' },
      { name: 'b', outcome: 'installed-not-served' },
    ]);
    expect(exitCode).toBe(1);
    expect(host.link('b')).toContain(version);
    host.forgetAsked();
  });
});

test('a version that was put back on purpose is installed although it is older', async () => {
  const fresh = await startBareHost();
  await writeLineage(fresh.root, 'a', await certificate(), 'perennial');
  fresh.server.serve('a.example', 'a');
  const first = fresh.publish('a', await certificate());
  await fresh.install('a');
  const second = fresh.publish('a', await certificate());
  await fresh.install('a');
  fresh.pointTo(first);
  expect((await fresh.install('a')).results).toMatchObject([{ reason: 'version-older' }]);
  expect(fresh.link('a')).toContain(second.version);
  fresh.pointTo(first, { putBack: true });
  expect((await fresh.install('a')).results).toMatchObject([{ outcome: 'served' }]);
  expect(fresh.link('a')).toContain(first.version);
  await fresh.stop();
});
