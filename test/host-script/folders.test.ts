import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { selfSign } from '../../local/hosts/self-signed.ts';
import { type BareHost, startBareHost } from '../fakes/bare-host.ts';

const certificate = () => selfSign({ names: ['a.example'] });

let host: BareHost;
let elsewhere: string;
beforeEach(async () => {
  host = await startBareHost();
  elsewhere = join(host.root, '../elsewhere');
  mkdirSync(elsewhere);
});
afterEach(() => host?.stop());

async function install(env: Record<string, string> = {}) {
  host.publish('a', await certificate());
  const { report, exitCode } = await host.install('a', {}, env);
  return { reason: report.reason ?? report.results[0]?.reason, exitCode };
}

describe('a link that somebody planted', () => {
  test.each<[string, () => void]>([
    ['live', () => plantFor('live')],
    ['archive', () => plantFor('archive')],
    ['archive/a', () => plantFor('archive/a')],
  ])('in the place of %s is not followed', async (_, plant) => {
    plant();
    expect(await install()).toEqual({ reason: 'not-a-folder', exitCode: 1 });
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test.each(['.a.new', 'a'])(
    'in the place of live/%s is replaced, and what it leads to stays',
    async (name) => {
      writeFileSync(join(elsewhere, 'kept'), 'mine');
      await writeLineage(host.root, 'a', await certificate(), 'perennial');
      rmSync(join(host.root, 'live', name), { force: true });
      symlinkSync('../../elsewhere', join(host.root, 'live', name));
      await install();
      expect(readdirSync(elsewhere)).toEqual(['kept']);
      expect(host.link('a')).toMatch(/^\.\.\/archive\/a\/2026/);
    },
  );

  test('in the place of the folder that is filled is replaced, and what it leads to stays', async () => {
    writeFileSync(join(elsewhere, 'kept'), 'mine');
    mkdirSync(join(host.root, 'archive/a'), { mode: 0o700 });
    symlinkSync('../../../elsewhere', join(host.root, 'archive/a/.incoming'));
    await install();
    expect(readdirSync(elsewhere)).toEqual(['kept']);
    expect(host.link('a')).toMatch(/^\.\.\/archive\/a\/2026/);
  });

  function plantFor(folder: string) {
    const place = join(host.root, folder);
    if (existsSync(place)) chmodSync(place, 0o755);
    host.prepare = `rm -rf /mnt/letsencrypt/${folder} && ln -s /mnt/elsewhere /mnt/letsencrypt/${folder}`;
  }
});

describe('a folder', () => {
  test.each(['.', 'live', 'archive'])('%s that others can write to is refused', async (folder) => {
    chmodSync(join(host.root, folder), 0o777);
    expect((await install()).reason).toBe('writable-by-others');
    expect(host.link('a')).toBeUndefined();
  });

  test.runIf(process.getuid?.() === 0).each(['live', 'archive'])(
    "%s that is not root's is refused (needs root)",
    async (folder) => {
      chownSync(join(host.root, folder), 4321, 0);
      expect((await install()).reason).toBe('wrong-owner');
    },
  );

  test('of the script for its notes is closed to others', async () => {
    host.prepare = 'chmod 755 /var/lib/perennial';
    await install();
    expect(statSync(host.state).mode & 0o777).toBe(0o700);
  });
});

describe('after a run', () => {
  test.each([
    ['that installed', () => {}],
    ['that was refused', () => host.refuse('test', 'nginx: [emerg] no')],
  ])('%s nothing of the key is left but in the version', async (_, prepare) => {
    prepare();
    await install();
    expect(readdirSync(host.temporary)).toEqual([]);
    const names = readdirSync(join(host.root, 'archive/a'));
    expect(names.filter((name) => !/^2026/.test(name))).toEqual([]);
    expect(readdirSync(join(host.root, 'live')).filter((name) => name !== 'a')).toEqual([]);
  });

  test('that was stopped nothing of the key is left', async () => {
    // The script leads its session.
    host.program('sync', 'kill -TERM $(ps -o sid= -p $$)');
    await install();
    expect(readdirSync(host.temporary)).toEqual([]);
  });

  test('that was killed the next one removes what is left of the key', async () => {
    host.program('sync', 'kill -KILL $(ps -o sid= -p $$)');
    host.publish('a', await certificate());
    expect((await host.install('a')).exitCode).toBeNull();
    host.withoutProgram('sync');
    const [left = ''] = readdirSync(host.temporary);
    expect(existsSync(join(host.temporary, left, 'a/files/privkey.pem'))).toBe(true);
    await install();
    expect(readdirSync(host.temporary)).toEqual([]);
  });

  test('the lock is free, whatever a reload leaves running', async () => {
    host.program('nginx', `/usr/bin/sleep 300 & echo $! >>${host.bucket}/daemons`);
    await install();
    const lock = join(host.state, 'lock');
    expect(existsSync(lock)).toBe(true);
    // Who waits for the lock does not wait long.
    host.program('sleep', 'exit 0');
    expect((await install()).reason).not.toBe('locked');
    for (const pid of readFileSync(join(host.bucket, 'daemons'), 'utf8').split('\n').filter(Boolean))
      try {
        process.kill(Number(pid));
      } catch {}
  }, 120_000);
});

describe('where the script has its own files', () => {
  const at = (name: string) => join(host.temporary, name);

  test('what is not of a killed run stays', async () => {
    writeFileSync(join(elsewhere, 'kept'), 'mine');
    symlinkSync(elsewhere, at('perennial.linked'));
    writeFileSync(at('perennial.a-file'), 'mine');
    mkdirSync(at('perennial.opened'), { mode: 0o755 });
    mkdirSync(at('perennial.longer-name'), { mode: 0o700 });
    mkdirSync(at('perennial.others'), { mode: 0o700 });
    if (process.getuid?.() === 0) chownSync(at('perennial.others'), 4321, 0);
    else chmodSync(at('perennial.others'), 0o750);
    const before = readdirSync(host.temporary);
    await install();
    expect(readdirSync(host.temporary)).toEqual(before);
    expect(readdirSync(elsewhere)).toEqual(['kept']);
  });

  test('a run that waits for another takes nothing from it', async () => {
    const [begun, waits] = [join(host.bucket, 'begun'), join(host.bucket, 'waits')];
    host.program(
      'sync',
      `: >${begun}; for _ in $(seq 300); do [ -e ${waits} ] && break; /usr/bin/sleep 0.1; done`,
    );
    host.program('sleep', `[ "$1" != 1 ] || : >${waits}; exec /usr/bin/sleep "$1"`);
    host.publish('a', await certificate());
    const first = host.install('a');
    await expect.poll(() => existsSync(begun), { timeout: 20_000 }).toBe(true);
    const second = host.install('a');
    for (const { results } of await Promise.all([first, second]))
      expect(results).toMatchObject([{ outcome: 'installed-not-served' }]);
    expect(existsSync(waits)).toBe(true);
  });
});

test("of the agent's environment Nginx and hooks see nothing but what they need", async () => {
  await install({
    HTTPS_PROXY: 'http://127.0.0.1:9',
    LD_DEBUG_OUTPUT: '/tmp/x',
    NGINX: '7;8;',
    OPENSSL_CONF: '/x',
  });
  const seen = readFileSync(join(host.bucket, '../environment'), 'utf8');
  expect(seen).toMatch(/^HTTPS_PROXY=/m);
  expect(seen).not.toMatch(/^(NGINX|OPENSSL_CONF|LD_)/m);
});
