import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { selfSign } from '../../local/hosts/self-signed.ts';
import { type BareHost, startBareHost } from '../fakes/bare-host.ts';

let host: BareHost;
beforeEach(async () => {
  host = await startBareHost();
});
afterEach(() => host?.stop());

const OLD = '20250101T000000Z-000000';
const certificate = (...names: string[]) => selfSign({ names });

/** A certificate that the host has and serves under its names. */
async function serve(lineage: string, ...names: string[]) {
  await writeLineage(host.root, lineage, await certificate(...names), 'perennial');
  for (const name of names) host.server.serve(name, lineage);
}

/** So many seconds pass on the host's clock when this program is run. */
const passAt = (program: string, seconds: number) =>
  host.program(program, `${host.stopClock()(seconds)}\nexec /usr/bin/${program} "$@"`);

describe('a run that comes too late', () => {
  test('to begin changes nothing and says so', async () => {
    await serve('a', 'a.example');
    host.publish('a', await certificate('a.example'));
    // The folder for what is fetched is the first thing that is made.
    passAt('mktemp', 150);
    const { results, exitCode } = await host.install('a');
    expect(results).toMatchObject([{ outcome: 'failed', reason: 'out-of-time' }]);
    expect(exitCode).toBe(1);
    expect(host.link('a')).toContain(OLD);
    expect(host.asked()).toEqual([]);
    expect(existsSync(join(host.bucket, '../fetched'))).toBe(false);
  });

  test('to swap has fetched, and changes nothing even so', async () => {
    await serve('a', 'a.example');
    host.publish('a', await certificate('a.example'));
    // What was fetched is compared with the hashes of its pointer.
    passAt('sha256sum', 150);
    const { results } = await host.install('a');
    expect(readFileSync(join(host.bucket, '../fetched'), 'utf8')).toContain('privkey.pem');
    expect(results).toMatchObject([{ outcome: 'failed', reason: 'out-of-time' }]);
    expect(host.link('a')).toContain(OLD);
    expect(host.asked()).toEqual([]);
  });
});

describe('what stands where the link is to be', () => {
  test('as a file is left alone', async () => {
    writeFileSync(join(host.root, 'live/a'), 'mine');
    host.publish('a', await certificate('a.example'));
    expect((await host.install('a')).results).toMatchObject([
      { outcome: 'failed', reason: 'live-in-the-way' },
    ]);
    expect(readFileSync(join(host.root, 'live/a'), 'utf8')).toBe('mine');
  });

  test('as a folder beside one that was moved aside before is left alone', async () => {
    await writeLineage(host.root, 'a', await certificate('a.example'), 'certbot');
    mkdirSync(join(host.root, 'live/a.before-perennial'));
    host.publish('a', await certificate('a.example'));
    expect((await host.install('a')).results).toMatchObject([
      { outcome: 'failed', reason: 'live-in-the-way' },
    ]);
    expect(existsSync(join(host.root, 'live/a/privkey.pem'))).toBe(true);
  });

  test('is put there by a run after one that was killed between the two renames', async () => {
    await writeLineage(host.root, 'a', await certificate('a.example'), 'certbot');
    host.server.serve('a.example', 'a');
    renameSync(join(host.root, 'live/a'), join(host.root, 'live/a.before-perennial'));
    const { version } = host.publish('a', await certificate('a.example'));
    expect((await host.install('a')).results).toMatchObject([{ outcome: 'served' }]);
    expect(host.link('a')).toContain(version);
    expect(existsSync(join(host.root, 'renewal/a.conf'))).toBe(false);
  });
});
