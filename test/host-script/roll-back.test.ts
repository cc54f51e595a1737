import { existsSync, readFileSync } from 'node:fs';
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

const EMERG = 'nginx: [emerg] it is refused';
const OLD = '20250101T000000Z-000000';
const certificate = (...names: string[]) => selfSign({ names });

/** A certificate that the host has and serves under its names. */
async function serve(lineage: string, ...names: string[]) {
  await writeLineage(host.root, lineage, await certificate(...names), 'perennial');
  for (const name of names) host.server.serve(name, lineage);
}

describe('what Nginx refuses', () => {
  test('goes back to the link of before, with the old files in place and without a reload of the new ones', async () => {
    await serve('a', 'a.example');
    const { version } = host.publish('a', await certificate('a.example'));
    host.refuse('test', EMERG);
    const { results, exitCode } = await host.install('a');
    expect(results).toMatchObject([{ outcome: 'rolled-back', reason: 'nginx-test-failed' }]);
    expect(results[0]?.message).toContain('back to the old certificate');
    expect(results[0]?.message).toContain('it is refused');
    expect(exitCode).toBe(1);
    expect(host.link('a')).toBe(`../archive/a/${OLD}`);
    expect(host.asked().filter((line) => line.includes('reload') && line.includes(version))).toEqual([]);
    expect(host.remembered('a', 'previous')).toBeUndefined();
  });

  test('is taken out again where there was none before', async () => {
    host.publish('a', await certificate('a.example'));
    host.refuse('test', EMERG);
    expect((await host.install('a')).results).toMatchObject([{ outcome: 'rolled-back' }]);
    expect(host.link('a')).toBeUndefined();
  });

  test('stays linked where there is nothing to go back to', async () => {
    await serve('a', 'a.example');
    const { version } = host.publish('a', await certificate('a.example'));
    await host.install('a');
    host.server.serve('a.example', await certificate('a.example'));
    host.refuse('test', EMERG);
    expect((await host.install('a')).results).toMatchObject([{ outcome: 'failed' }]);
    expect(host.link('a')).toContain(version);
  });

  test('after a success goes back to what that had installed', async () => {
    await serve('a', 'a.example');
    const first = host.publish('a', await certificate('a.example'));
    expect((await host.install('a')).results).toMatchObject([{ outcome: 'served' }]);
    host.publish('a', await certificate('a.example'));
    host.refuse('reload', EMERG);
    const { results, exitCode } = await host.install('a');
    expect(results).toMatchObject([{ outcome: 'rolled-back', reason: 'reload-failed' }]);
    expect(exitCode).toBe(1);
    expect(host.link('a')).toContain(first.version);
    expect(host.asked().at(-1)).toContain(`a=${first.version}`);
    host.refuse('reload');
    expect((await host.install('a')).results).toMatchObject([{ outcome: 'served' }]);
  });

  test('beside an unchanged certificate leaves that one linked', async () => {
    await serve('a', 'a.example');
    await serve('b', 'b.example');
    const unchanged = host.publish('a', await certificate('a.example'));
    await host.install('a');
    host.publish('b', await certificate('b.example'));
    host.refuse('test', EMERG);
    const { results } = await host.install('a b');
    expect(results).toMatchObject([{ name: 'a' }, { name: 'b', outcome: 'rolled-back' }]);
    expect(host.link('a')).toContain(unchanged.version);
    expect(host.link('b')).toContain(OLD);
  });

  test('in a run after a killed one goes back to what served before that', async () => {
    const old = await certificate('a.example');
    await writeLineage(host.root, 'a', old, 'perennial');
    host.server.serve('a.example', 'a');
    const { version } = host.publish('a', await certificate('a.example'));
    await host.install('a');
    host.server.serve('a.example', old);
    host.remember('a', 'previous', `../archive/a/${OLD}`);
    host.refuse('test', EMERG);
    expect((await host.install('a')).results).toMatchObject([{ version, outcome: 'rolled-back' }]);
    expect(host.link('a')).toContain(OLD);
  });

  test('of certbot brings its folder and its renewal configuration back, which had been moved aside', async () => {
    await writeLineage(host.root, 'a', await certificate('a.example'), 'certbot');
    host.server.serve('a.example', 'a');
    const conf = join(host.root, 'renewal/a.conf');
    const text = readFileSync(conf, 'utf8');
    const { version } = host.publish('a', await certificate('a.example'));
    host.refuse('test', EMERG);
    expect((await host.install('a')).results).toMatchObject([{ outcome: 'rolled-back' }]);
    expect(host.link('a')).toBeUndefined();
    expect(existsSync(join(host.root, 'live/a/privkey.pem'))).toBe(true);
    expect(readFileSync(conf, 'utf8')).toBe(text);
    host.refuse('test');
    const { results } = await host.install('a');
    expect(results[0]?.message).toContain('live/a.before-perennial');
    expect(host.link('a')).toContain(version);
    expect(existsSync(conf)).toBe(false);
    expect(existsSync(join(host.root, 'live/a.before-perennial/privkey.pem'))).toBe(true);
  });
});

test('the way back is written down before Nginx is asked', async () => {
  await serve('a', 'a.example');
  host.publish('a', await certificate('a.example'));
  host.program('nginx', `cp /var/lib/perennial/+mnt+letsencrypt/a/previous ${host.bucket}/noted; exit 1`);
  await host.install('a');
  expect(readFileSync(join(host.bucket, 'noted'), 'utf8')).toBe(`../archive/a/${OLD}\n`);
});

describe('a reload that helps nothing', () => {
  test('for one of two names that were served goes back, and names the one', async () => {
    await serve('a', 'a.example', 'b.example');
    const old = readFileSync(join(host.root, 'live/a/fullchain.pem'), 'utf8');
    const privkey = readFileSync(join(host.root, 'live/a/privkey.pem'), 'utf8');
    host.server.serve('b.example', { fullchain: old, privkey });
    host.publish('a', await certificate('a.example', 'b.example'));
    host.hurry();
    const { results } = await host.install('a');
    expect(results).toMatchObject([{ outcome: 'rolled-back', reason: 'old-certificate-served' }]);
    expect(results[0]?.message).toContain('b.example still gets the old certificate');
    expect(host.link('a')).toContain(OLD);
  });

  test('where another certificate answers is no reason to go back', async () => {
    host.server.serve('a.example', await certificate('a.example'));
    const { version } = host.publish('a', await certificate('a.example'));
    host.hurry();
    expect((await host.install('a')).results).toMatchObject([{ outcome: 'installed-not-served' }]);
    expect(host.link('a')).toContain(version);
  });

  test('where a name answers no more goes back and says so', async () => {
    await serve('a', 'a.example', 'b.example');
    host.publish('a', await certificate('a.example', 'b.example'));
    host.program('sync', `touch ${host.bucket}/synced`);
    host.hurry();
    const stop = setInterval(
      () => existsSync(join(host.bucket, 'synced')) && host.server.forget('b.example'),
      5,
    );
    const { results } = await host.install('a');
    clearInterval(stop);
    expect(results).toMatchObject([{ outcome: 'rolled-back', reason: 'not-answering' }]);
  });
});
