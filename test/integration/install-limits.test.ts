import { readFile, readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../local/hosts/host.ts';
import { engineOf, shadow } from './host-faults/shadow.ts';
import { type InstallFixture, servedSerial, startInstallFixture } from './install-fixture.ts';
import { assertUnbroken } from './tls-probe.ts';

let fixture: InstallFixture;
let host: Host;
beforeAll(async () => {
  fixture = await startInstallFixture();
  host = await fixture.startHost({ sites: [{ serverName: 'a.example', lineage: 'a' }] });
});
afterAll(() => fixture?.stop());

test('of 300 MB that nginx -t prints only the first 64 KiB are read', async () => {
  await fixture.publish('a', ['a.example']);
  const largest = join(host.bin, 'largest-shell');
  const undo = await shadow(
    host,
    engineOf(host),
    `case $* in
       *-t) echo 'nginx: [emerg] first'; head -c 300000000 /dev/zero | tr '\\0' x; exit 1 ;;
       *reload) ps -s "$(ps -o sid= -p $$ | tr -d ' ')" -o rss=,comm= | grep -w sh | sort -n | tail -n 1 >'${largest}' ;;
     esac`,
  );
  const { report } = await fixture.install(host, 'a');
  await undo();
  expect(report.results).toMatchObject([{ outcome: 'rolled-back', reason: 'nginx-test-failed' }]);
  expect(report.results[0]?.message).toContain('[emerg] first');
  const chatty = await shadow(
    host,
    engineOf(host),
    `case $* in
       *-t) head -c 300000000 /dev/zero | tr '\\0' x; exit 0 ;;
       *reload) ps -s "$(ps -o sid= -p $$ | tr -d ' ')" -o rss=,comm= | grep -w sh | sort -n | tail -n 1 >'${largest}' ;;
     esac`,
  );
  const passed = await fixture.install(host, 'a');
  await chatty();
  expect(passed.report.results).toMatchObject([{ outcome: 'served' }]);
  expect(Number.parseInt(await readFile(largest, 'utf8'), 10)).toBeLessThan(20_000);
});

test('of many serverNames twenty are asked', async () => {
  const serverNames = Array.from({ length: 1500 }, (_, index) => `n${index}.many.example`);
  await fixture.publish('many', ['*.many.example'], { serverNames });
  const log = join(host.bin, 'asked');
  const undo = await shadow(host, 'openssl', `case $* in *s_client*) echo "$*" >>'${log}' ;; esac`);
  const { report } = await fixture.install(host, 'many');
  await undo();
  expect(report.results).toMatchObject([{ outcome: 'installed-not-served' }]);
  const asked = new Set((await readFile(log, 'utf8')).match(/n\d+\.many\.example/g));
  expect(asked.size).toBe(20);
});

/** Stops the script's clock; `ahead` is what sets it ahead, as shell text. */
async function stopClock() {
  const file = join(host.bin, 'uptime');
  const text = await readFile('/proc/uptime', 'utf8');
  await writeFile(file, text);
  host.prepare = `mount --bind '${file}' /proc/uptime`;
  return {
    ahead: (seconds: number) => `echo ${Number.parseInt(text, 10) + seconds}.00 0.00 >'${file}'`,
    run: () => {
      host.prepare = undefined;
    },
  };
}

describe('before Systems Manager ends the script', () => {
  test('what is not seen in time goes back, and is reported', async () => {
    const link = await readlink(join(host.root, 'live/a'));
    const before = await servedSerial(host, 'a.example');
    await fixture.publish('a', ['a.example']);
    const clock = await stopClock();
    const ignore = await shadow(
      host,
      engineOf(host),
      `case $* in *reload) ${clock.ahead(210)}; exit 0 ;; esac`,
    );
    const stopProbe = fixture.probe(host, 'a.example');
    const { report, exitCode } = await fixture.install(host, 'a');
    clock.run();
    await ignore();
    expect(report.results).toMatchObject([{ outcome: 'rolled-back', reason: 'out-of-time' }]);
    expect(exitCode).toBe(1);
    expect(await readlink(join(host.root, 'live/a'))).toBe(link);
    assertUnbroken(await stopProbe());
    expect(await servedSerial(host, 'a.example')).toBe(before);
  });

  test('what was not begun in time is not begun', async () => {
    const link = await readlink(join(host.root, 'live/a'));
    await fixture.publish('a', ['a.example']);
    // The last argument of what fetches is the file with what it is asked for.
    const clock = await stopClock();
    const fetching = await shadow(host, 'python3', `! grep -qs '^archive/' "$7" || ${clock.ahead(150)}`);
    const { report } = await fixture.install(host, 'a');
    clock.run();
    await fetching();
    expect(report.results).toMatchObject([{ outcome: 'failed', reason: 'out-of-time' }]);
    expect(await readlink(join(host.root, 'live/a'))).toBe(link);
    expect((await fixture.install(host, 'a')).report.results).toMatchObject([{ outcome: 'served' }]);
  });
});

test('the environment and the PATH of the agent do not reach what the script runs', async () => {
  await fixture.publish('a', ['a.example']);
  await writeFile(join(host.root, '../openssl'), '#!/bin/sh\n: >/mnt/wrong-openssl\n', { mode: 0o755 });
  const log = join(host.bin, 'environment');
  const undo = await shadow(host, 'python3', `env >'${log}'`);
  host.prepare =
    'PATH=/mnt:$PATH OPENSSL_CONF=/mnt/x.cnf BASH_ENV=/mnt/x PYTHONPATH=/mnt NGINX=7 HTTPS_PROXY= ; export PATH OPENSSL_CONF BASH_ENV PYTHONPATH NGINX HTTPS_PROXY';
  const { report } = await fixture.install(host, 'a');
  host.prepare = undefined;
  await undo();
  expect(report.results).toMatchObject([{ outcome: 'served' }]);
  const seen = (await readFile(log, 'utf8')).match(/^[A-Za-z_]+(?==)/gm) ?? [];
  expect(seen).toEqual(expect.arrayContaining(['HTTPS_PROXY', 'AWS_ENDPOINT_URL', 'HOME']));
  for (const name of ['OPENSSL_CONF', 'BASH_ENV', 'PYTHONPATH', 'NGINX']) expect(seen).not.toContain(name);
  await expect(readFile(join(host.root, '../wrong-openssl'))).rejects.toThrow('ENOENT');
});
