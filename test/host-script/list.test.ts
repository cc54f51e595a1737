import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { selfSign } from '../../local/hosts/self-signed.ts';
import { type BareHost, startBareHost } from '../fakes/bare-host.ts';

const DAY_MS = 86_400_000;
const OLD = '20250101T000000Z-000000';
const certificate = (name = 'a') => selfSign({ names: [`${name}.example`] });

let host: BareHost;
beforeEach(async () => {
  host = await startBareHost();
});
afterEach(() => host?.stop());

const byList = (more: Record<string, string> = {}) => host.install('', { group: 'web', ...more });
const isReady = () => existsSync(join(host.state, 'ready'));

describe("a run by the group's list", () => {
  test('installs what the host lacks, and makes it ready', async () => {
    host.list(host.publish('a', await certificate('a')), host.publish('b', await certificate('b')));
    const { results, exitCode } = await byList();
    expect(results.map(({ name, outcome }) => [name, outcome])).toEqual([
      ['a', 'installed-not-served'],
      ['b', 'installed-not-served'],
    ]);
    expect(exitCode).toBe(0);
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
    expect(readFileSync(join(host.state, 'ready'), 'utf8')).toBe(boot);
  });

  test('of which one fails does not make the host ready', async () => {
    const broken = host.publish('a', await certificate('a'));
    host.list(broken, host.publish('b', await certificate('b')));
    host.put(`archive/a/${broken.version}/privkey.pem`, 'spoilt');
    const { results } = await byList();
    expect(results).toMatchObject([{ outcome: 'failed' }, { outcome: 'installed-not-served' }]);
    expect(isReady()).toBe(false);
  });

  test('leaves a version alone that is newer than the list', async () => {
    const [first, second] = [host.publish('a', await certificate()), host.publish('a', await certificate())];
    await host.install('a');
    host.list(first);
    expect((await byList()).results).toEqual([]);
    expect(host.link('a')).toContain(second.version);
  });

  test('goes back only where the pointer says so: the list alone could bring a leaked key', async () => {
    const [first, second] = [host.publish('a', await certificate()), host.publish('a', await certificate())];
    await host.install('a');
    host.list(first);
    host.put(
      'groups/web.json',
      readFileSync(join(host.bucket, 'groups/web.json'), 'utf8').replace(
        '"names":',
        '"putBack":true,"names":',
      ),
    );
    expect((await byList()).results).toEqual([]);
    expect(host.link('a')).toContain(second.version);
    host.pointTo(first, { putBack: true });
    expect((await byList()).results).toMatchObject([{ version: first.version }]);
  });

  test('passes over what cannot be a lineage name', async () => {
    const { version } = host.publish('a', await certificate());
    host.list({ name: 'a', version, pair: await certificate() });
    const text = readFileSync(join(host.bucket, 'groups/web.json'), 'utf8');
    host.put('groups/web.json', text.replace('"name":"a"', '"name":"..a"'));
    expect((await byList()).results).toEqual([]);
    expect(existsSync(join(host.root, 'live/..a'))).toBe(false);
  });

  test('that is not there is refused', async () => {
    expect((await byList()).report.reason).toBe('object-missing');
  });

  test('starts with what is there where no server is there yet', async () => {
    host.list(host.publish('a', await certificate()));
    host.withoutProgram('nginx');
    const { results } = await byList();
    expect(results).toMatchObject([{ outcome: 'installed-not-served' }]);
    expect(isReady()).toBe(true);
  });
});

describe('where hosts have windows', () => {
  const hold = async (notAfter: Date) => {
    await writeLineage(
      host.root,
      'a',
      await selfSign({ names: ['a.example'], notBefore: new Date(0), notAfter }),
      'perennial',
    );
    host.list(host.publish('a', await certificate()));
    return byList({ newHostsOnly: 'true' });
  };

  test('replaces nothing that is valid', async () => {
    expect((await hold(new Date(Date.now() + 9 * DAY_MS))).results).toEqual([]);
    expect(host.link('a')).toContain(OLD);
  });

  test('replaces what is over', async () => {
    expect((await hold(new Date(Date.now() - DAY_MS))).results).toHaveLength(1);
    expect(host.link('a')).not.toContain(OLD);
  });
});

test('a command, which may be about one of several, makes no host ready', async () => {
  host.publish('a', await certificate());
  await host.install('a');
  expect(isReady()).toBe(false);
});
