import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { shadow } from '../../integration/host-faults/shadow.ts';
import { servedSerial } from '../../integration/install-fixture.ts';
import type { Attack } from '../attack.ts';
import { onSite, type Site } from '../site.ts';

const NOBODY = 65_534;
const HOOKS = { reload: 'hooks', container: '' };
const HOOK = '#!/bin/sh\n: >/mnt/ran\n';

async function assertNotRun({ install, outside }: Site, reason: string, line: string): Promise<void> {
  const seen = await install(HOOKS);
  assert.deepEqual([seen.outcome, seen.reason], ['failed', reason], seen.message);
  assert.ok(seen.message.includes(line), seen.message);
  assert.ok(!existsSync(outside('ran')), 'the hook ran');
}

export const USER_FOLDERS: readonly Attack[] = [
  {
    tried: 'can write to a deploy hook, to its folder, or to the folder above',
    must: 'it is not run as root: `hook-unsafe` or `writable-by-others`, with the line that mends it',
    run: (stages) =>
      onSite(stages, async (site) => {
        const folder = site.inRoot('renewal-hooks');
        await mkdir(`${folder}/deploy`, { recursive: true });
        await writeFile(`${folder}/deploy/10-reload`, HOOK, { mode: 0o755 });
        for (const [path, reason] of [
          [`${folder}/deploy/10-reload`, 'hook-unsafe'],
          [`${folder}/deploy`, 'writable-by-others'],
          [folder, 'writable-by-others'],
        ] as const) {
          await site.publish();
          await chmod(path, 0o777);
          await assertNotRun(site, reason, 'chmod go-w /mnt/letsencrypt/renewal-hooks');
          await chmod(path, 0o755);
        }
        return '3 not run';
      }),
  },
  {
    tried: 'can write where a hook leads to as a link',
    must: 'it is not run as root: `hook-unsafe`, with the line that mends it',
    quick: true,
    run: (stages) =>
      onSite(stages, async (site) => {
        await site.publish();
        await mkdir(site.outside('open'));
        await chmod(site.outside('open'), 0o777);
        await writeFile(site.outside('open/hook'), HOOK, { mode: 0o755 });
        await mkdir(site.inRoot('renewal-hooks/deploy'), { recursive: true });
        await symlink('/mnt/open/hook', site.inRoot('renewal-hooks/deploy/10-reload'));
        await assertNotRun(site, 'hook-unsafe', 'chmod go-w /mnt/open');
        return 'not run';
      }),
  },
  {
    tried: 'owns a folder on the way to the keys, or may write to it',
    must: '`wrong-owner` or `writable-by-others`, with the line that mends it; what was served is served on',
    run: (stages) =>
      onSite(stages, async ({ publish, install, inRoot, host }) => {
        const before = await servedSerial(host, 'a.example');
        for (const folder of ['', 'live', 'archive', 'archive/a']) {
          await publish();
          await chown(inRoot(folder), NOBODY, 0);
          assert.equal((await install()).reason, 'wrong-owner', folder);
          await chown(inRoot(folder), 0, 0);
          await chmod(inRoot(folder), 0o770);
          assert.equal((await install()).reason, 'writable-by-others', folder);
          await chmod(inRoot(folder), 0o755);
        }
        assert.equal(await servedSerial(host, 'a.example'), before);
        return '8 refused';
      }),
  },
  {
    tried: 'may write to `/var/lib/perennial`, where lock and notes are',
    must: '`writable-by-others`; nothing is believed that stands there, and nothing changed',
    quick: true,
    run: (stages) =>
      onSite(stages, async ({ publish, install, host }) => {
        const before = await servedSerial(host, 'a.example');
        await publish();
        host.prepare = 'chmod 777 /var/lib/perennial';
        const { reason } = await install();
        host.prepare = undefined;
        assert.equal(reason, 'writable-by-others');
        assert.equal(await servedSerial(host, 'a.example'), before);
        return 'refused';
      }),
  },
  {
    tried:
      "has a folder on the agent's `PATH`, and variables in its environment (`OPENSSL_CONF`, `BASH_ENV`, `PYTHONPATH`)",
    must: 'neither reaches what the script runs',
    quick: true,
    run: (stages) =>
      onSite(stages, async ({ publish, install, host, outside }) => {
        await publish();
        await writeFile(outside('openssl'), '#!/bin/sh\n: >/mnt/ran\n', { mode: 0o755 });
        const log = `${host.bin}/environment`;
        const undo = await shadow(host, 'python3', `env >>'${log}'`);
        host.prepare =
          'PATH=/mnt:$PATH OPENSSL_CONF=/mnt/x BASH_ENV=/mnt/x PYTHONPATH=/mnt LD_PRELOAD_X=1; export PATH OPENSSL_CONF BASH_ENV PYTHONPATH LD_PRELOAD_X';
        const { outcome } = await install();
        host.prepare = undefined;
        await undo();
        assert.equal(outcome, 'served');
        assert.doesNotMatch(
          await readFile(log, 'utf8'),
          /^(OPENSSL_CONF|BASH_ENV|PYTHONPATH|LD_PRELOAD_X)=/m,
        );
        assert.ok(!existsSync(outside('ran')), 'his openssl ran');
        return 'neither';
      }),
  },
  {
    tried: 'reads what is on the way to the keys, while they are installed and after',
    must: 'he reads no key, and cannot enter the folder where they are checked',
    quick: true,
    run: (stages) =>
      onSite(stages, async ({ publish, install, host, inRoot }) => {
        const { version } = await publish();
        const log = `${host.bin}/modes`;
        const undo = await shadow(host, 'python3', `ls -ld "$TMPDIR"/perennial.* >>'${log}'`);
        await install();
        await undo();
        assert.match(await readFile(log, 'utf8'), /^(drwx------ .*\n)+$/);
        const asNobody = { uid: NOBODY, gid: NOBODY, cwd: '/' };
        for (const path of [`archive/a/${version}/privkey.pem`, 'live/a/privkey.pem'])
          await assert.rejects(promisify(execFile)('cat', [inRoot(path)], asNobody), /ermission denied/);
        return 'none read';
      }),
  },
];
