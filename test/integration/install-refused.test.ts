import { existsSync } from 'node:fs';
import { readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { shadow } from './host-faults/shadow.ts';
import {
  type InstallFixture,
  type PublishOptions,
  servedSerial,
  startInstallFixture,
} from './install-fixture.ts';
import { assertUnbroken } from './tls-probe.ts';

let fixture: InstallFixture;
let host: Host;
let served: string;
let link: string;
let stopProbe: ReturnType<InstallFixture['probe']>;
beforeAll(async () => {
  fixture = await startInstallFixture();
  host = await fixture.startHost({ sites: [{ serverName: 'a.example', lineage: 'a' }] });
  served = await servedSerial(host, 'a.example');
  link = await readlink(join(host.root, 'live/a'));
});
afterAll(() => fixture?.stop());

/** Whatever is refused here: the old certificate stays installed and is served at every moment. */
beforeEach(() => {
  stopProbe = fixture.probe(host, 'a.example');
});
afterEach(async () => {
  host.prepare = undefined;
  const seen = await stopProbe();
  assertUnbroken(seen);
  expect(seen.serials).toEqual([served]);
  expect(await readlink(join(host.root, 'live/a'))).toBe(link);
});

/** Hides a program in the script's view of the machine. */
const without = (program: string) =>
  `for file in /usr/local/sbin /usr/local/bin /usr/bin /bin; do [ ! -e "$file/${program}" ] || mount --bind /dev/null "$file/${program}"; done`;

const daysFromNow = (days: number) => new Date(Date.now() + days * 86_400_000);

describe('a version that is not what its pointer says', () => {
  const hash = '0'.repeat(64);
  test.each<[string, () => Promise<PublishOptions>]>([
    ['hash-mismatch', async () => ({ change: { sha256: { fullchain: hash, privkey: hash } } })],
    [
      'key-mismatch',
      async () => {
        const { fullchain } = await fixture.authority.issue({ names: ['a.example'] });
        return {
          pair: { fullchain, privkey: (await fixture.authority.issue({ names: ['a.example'] })).privkey },
        };
      },
    ],
    ['names-mismatch', async () => ({ pair: await fixture.authority.issue({ names: ['b.example'] }) })],
    ['expired', async () => ({ notBefore: daysFromNow(-9), notAfter: daysFromNow(-1) })],
    ['not-yet-valid', async () => ({ notBefore: daysFromNow(1), notAfter: daysFromNow(9) })],
    ['pointer-malformed', async () => ({ change: { version: '../../../tmp' } })],
    ['pointer-malformed', async () => ({ change: { names: ['a.example;id'] } })],
    ['pointer-malformed', async () => ({ change: { serverNames: ['$(id)'] } })],
    ['object-missing', async () => ({ change: { version: '20261120T999999Z-aaaaaa' } })],
  ])('is refused before the swap: %s', async (reason, options) => {
    await fixture.publish('a', ['a.example'], await options());
    const { report, exitCode, stdout } = await fixture.install(host, 'a');
    expect(report.results).toMatchObject([{ name: 'a', outcome: 'failed', reason }]);
    expect(exitCode).toBe(1);
    expect(stdout).not.toContain('PRIVATE');
  });

  test('is refused alone: the other certificates of the command are installed', async () => {
    await fixture.publish('a', ['a.example'], { change: { serial: '' } });
    await fixture.publish('b', ['b.example']);
    const { report } = await fixture.install(host, 'a none b');
    expect(report.results).toMatchObject([
      { name: 'a', outcome: 'failed', reason: 'pointer-malformed' },
      { name: 'none', outcome: 'failed', reason: 'pointer-missing' },
      { name: 'b', outcome: 'installed-not-served' },
    ]);
  });
});

describe('hostile parameters', () => {
  test('of many names are told in one line that Run Command does not cut', async () => {
    const names = Array.from({ length: 250 }, (_, n) => `certificate-${n}`).join(' ');
    const { report, stdout } = await fixture.install(host, names, { port: 'none' });
    expect(stdout.length).toBeLessThan(24_000);
    expect(report.results).toHaveLength(250);
  });

  test('parameters that did not arrive are told as what they are: an old agent', async () => {
    const script = await fixture.script();
    const result = await host.run({ script, env: {}, limitMs: 10_000 });
    expect(JSON.parse(result.stdout)).toMatchObject({ reason: 'agent-too-old', results: [] });
    expect(result.stdout).toContain('3.3.2746.0');
  });
});

describe('a host on which nothing can be written', () => {
  beforeEach(async () => {
    await fixture.publish('a', ['a.example']);
  });

  test.each([
    ['aws-cli-missing', without('aws')],
    ['openssl-missing', without('openssl')],
  ])('says which program is missing: %s', async (reason, prepare) => {
    host.prepare = prepare;
    const { report } = await fixture.install(host, 'a');
    expect(report.results).toMatchObject([{ outcome: 'failed', reason }]);
  });

  test('gives up when another installation holds the lock for long', async () => {
    host.prepare = 'exec 8>>/var/lib/perennial/lock && flock 8';
    const hurry = await shadow(host, 'sleep', 'exit 0');
    const { report } = await fixture.install(host, 'a');
    await hurry();
    expect(report.results).toMatchObject([{ outcome: 'failed', reason: 'locked' }]);
  });
});

test('something else in the place of the link is left alone', async () => {
  await fixture.publish('c', ['c.example']);
  await writeFile(join(host.root, 'live/c'), 'mine');
  const { report } = await fixture.install(host, 'c');
  expect(report.results).toMatchObject([{ outcome: 'failed', reason: 'live-in-the-way' }]);
  expect(existsSync(join(host.state, '+mnt+letsencrypt/c/previous'))).toBe(false);
  await rm(join(host.root, 'live/c'));
});

describe('a clock that is wrong', () => {
  const now = Math.floor(Date.now() / 1000);
  test.each([
    ['by a month ahead', 'expired', 'date', `exec /usr/bin/date -d @${now + 30 * 86_400} "$@"`],
    ['by a month behind', 'not-yet-valid', 'date', `exec /usr/bin/date -d @${now - 30 * 86_400} "$@"`],
    [
      'for AWS as well',
      'clock-wrong',
      'aws',
      'echo "An error occurred (RequestTimeTooSkewed) when calling the GetObject operation" >&2; exit 254',
    ],
  ])('%s is told: %s', async (_, reason, program, text) => {
    await fixture.publish('a', ['a.example']);
    // So that the AWS CLI is asked.
    const withoutPython = await shadow(host, 'python3', 'exit 127');
    const mend = await shadow(host, program, text);
    const { report } = await fixture.install(host, 'a');
    await Promise.all([mend(), withoutPython()]);
    expect(report.results).toMatchObject([{ outcome: 'failed', reason }]);
  });
});
