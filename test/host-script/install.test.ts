import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
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

const certificate = (...names: string[]) => selfSign({ names });

/** A certificate that the host has and serves under its names. */
async function serve(lineage: string, ...names: string[]) {
  await writeLineage(host.root, lineage, await certificate(...names), 'perennial');
  for (const name of names) host.server.serve(name, lineage);
}

describe('a new version', () => {
  test('is tested after the swap and before the reload, then seen; the second run asks Nginx for nothing', async () => {
    await serve('a', 'a.example');
    const { version } = host.publish('a', await certificate('a.example'));
    const { results, exitCode } = await host.install('a');
    expect(results).toMatchObject([{ name: 'a', version, outcome: 'served', served: ['a.example'] }]);
    expect(exitCode).toBe(0);
    expect(host.asked()).toEqual([`nginx -t: a=${version}`, `nginx -s reload: a=${version}`]);
    expect(host.remembered('a', 'previous')).toBeUndefined();
    host.forgetAsked();
    expect((await host.install('a')).results).toMatchObject([{ outcome: 'unchanged' }]);
    expect(host.asked()).toEqual([]);
  });

  test("has certbot's files, the certificate apart from its chain, for root only", async () => {
    const [leaf, issuer] = [await certificate('a.example'), await certificate('ca.example')];
    const pair = { fullchain: `${leaf.fullchain}${issuer.fullchain}`, privkey: leaf.privkey };
    const { version } = host.publish('a', pair);
    await host.install('a');
    const folder = join(host.root, 'archive/a', version);
    const read = (file: string) => readFileSync(join(folder, `${file}.pem`), 'utf8');
    const modes = readdirSync(folder).map((file) => [
      file,
      (statSync(join(folder, file)).mode & 0o777).toString(8),
    ]);
    expect(Object.fromEntries(modes)).toEqual({
      ...{ 'cert.pem': '600', 'chain.pem': '600', 'fullchain.pem': '600', 'privkey.pem': '600' },
    });
    for (const closed of [folder, join(folder, '..')]) expect(statSync(closed).mode & 0o777).toBe(0o700);
    expect(read('cert').trim()).toBe(leaf.fullchain.trim());
    expect(read('chain').trim()).toBe(issuer.fullchain.trim());
    expect(read('fullchain')).toBe(pair.fullchain);
    expect(read('privkey')).toBe(leaf.privkey);
    expect(host.link('a')).toBe(`../archive/a/${version}`);
  });

  test('is seen under the longest name that there can be', async () => {
    const longest = `${'long.'.repeat(49)}example`.padStart(253, 'n');
    await serve('a', 'a.example', longest);
    host.publish('a', await certificate('a.example', longest));
    expect((await host.install('a')).results).toMatchObject([{ served: ['a.example', longest] }]);
  });

  test('that nothing serves yet is installed, and is looked at again by the next run', async () => {
    host.publish('a', await certificate('a.example'));
    const { results, exitCode } = await host.install('a');
    expect(results).toMatchObject([{ outcome: 'installed-not-served', reason: 'nothing-serves-it' }]);
    expect(exitCode).toBe(0);
    expect(host.remembered('a', 'not-served')).toBe('yes');
    host.server.serve('a.example', 'a');
    expect((await host.install('a')).results).toMatchObject([{ outcome: 'unchanged' }]);
    expect(host.remembered('a', 'not-served')).toBeUndefined();
  });

  test('takes the place of the oldest: the newest three stay, and what is no version', async () => {
    await serve('a', 'a.example');
    for (const version of ['20250102T000000Z-1', '20250103T000000Z-1', '20250104T000000Z-1'])
      mkdirSync(join(host.root, 'archive/a', version), { mode: 0o700 });
    writeFileSync(join(host.root, 'archive/a/notes'), 'mine');
    const { version } = host.publish('a', await certificate('a.example'));
    await host.install('a');
    expect(readdirSync(join(host.root, 'archive/a')).sort()).toEqual(
      ['20250103T000000Z-1', '20250104T000000Z-1', version, 'notes'].sort(),
    );
  });

  test('that is older than others in the archive is not removed, because the link leads to it', async () => {
    await serve('a', 'a.example');
    for (const newer of ['20270102T000000Z-1', '20270103T000000Z-1', '20270104T000000Z-1'])
      mkdirSync(join(host.root, 'archive/a', newer), { mode: 0o700 });
    const { version } = host.publish('a', await certificate('a.example'));
    await host.install('a');
    expect(readdirSync(join(host.root, 'archive/a'))).toContain(version);
  });

  test('that is linked and not what Nginx serves makes it reload', async () => {
    const old = await certificate('a.example');
    await writeLineage(host.root, 'a', old, 'perennial');
    host.server.serve('a.example', 'a');
    host.publish('a', await certificate('a.example'));
    await host.install('a');
    host.forgetAsked();
    host.server.serve('a.example', old);
    host.refuse('reload', 'nginx: [emerg] no');
    const { results } = await host.install('a');
    expect(results).toMatchObject([{ outcome: 'failed', reason: 'reload-failed' }]);
    expect(host.asked().some((line) => line.includes('reload'))).toBe(true);
  });

  test('whose files were changed on the host is written anew', async () => {
    await serve('a', 'a.example');
    const { version, pair } = host.publish('a', await certificate('a.example'));
    await host.install('a');
    const key = join(host.root, 'archive/a', version, 'privkey.pem');
    writeFileSync(key, 'something else');
    await host.install('a');
    expect(readFileSync(key, 'utf8')).toBe(pair.privkey);
  });

  test('to which the pointer moves while another is installed follows in the same run', async () => {
    await serve('a', 'a.example');
    const first = host.publish('a', await certificate('a.example'));
    const second = host.publish('a', await certificate('a.example'));
    copyFileSync(join(host.bucket, 'live/a.json'), join(host.bucket, 'second.json'));
    host.pointTo(first);
    host.program('sync', `cp ${host.bucket}/second.json ${host.bucket}/live/a.json`);
    const { results } = await host.install('a');
    expect(results).toMatchObject([{ version: second.version, outcome: 'served' }]);
    expect(host.link('a')).toContain(second.version);
  });
});
