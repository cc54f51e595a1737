import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, readlink, rename, symlink, writeFile } from 'node:fs/promises';
import { engineOf, shadow } from '../../integration/host-faults/shadow.ts';
import type { Attack } from '../attack.ts';
import { onSite } from '../site.ts';

export const CONTAINER_VERSIONS: readonly Attack[] = [
  {
    tried: 'puts links to a secret of the host in the place of the files of the version that is installed',
    must: 'the secret is neither read into the tree nor changed; the files are written anew',
    run: (stages) =>
      onSite(stages, async ({ publish, install, inRoot, outside }) => {
        const { version, pair } = await publish();
        await install();
        await writeFile(outside('secret'), 'root:$6$secret', { mode: 0o600 });
        for (const file of ['privkey', 'fullchain']) {
          const at = inRoot(`archive/a/${version}/${file}.pem`);
          await rename(at, `${at}.old`);
          await symlink('/mnt/secret', at);
        }
        const { outcome, message } = await install();
        assert.ok(['served', 'unchanged'].includes(outcome), `${outcome}: ${message}`);
        assert.equal(await readFile(inRoot(`archive/a/${version}/privkey.pem`), 'utf8'), pair.privkey);
        assert.equal(await readFile(outside('secret'), 'utf8'), 'root:$6$secret');
        return 'written anew';
      }),
  },
  {
    tried: 'puts another key and certificate in the place of those of the version that is installed',
    must: 'the next installation of that version puts back what the pointer has the hashes of',
    run: (stages) =>
      onSite(stages, async ({ publish, install, inRoot, fixture }) => {
        const { version, pair } = await publish();
        await install();
        const mine = await fixture.authority.issue({ names: ['a.example'] });
        for (const file of ['privkey', 'fullchain'] as const)
          await writeFile(inRoot(`archive/a/${version}/${file}.pem`), mine[file]);
        await install();
        for (const file of ['privkey', 'fullchain'] as const)
          assert.equal(await readFile(inRoot(`archive/a/${version}/${file}.pem`), 'utf8'), pair[file]);
        return 'put back';
      }),
  },
  {
    tried:
      'points `live/<name>` to a folder of his where the chain is a pipe that nobody writes to, and has Nginx fail',
    must: 'the run comes to its end and reports; it does not wait for the pipe',
    run: (stages) =>
      onSite(stages, async ({ publish, install, inRoot, host }) => {
        await publish();
        await mkdir(inRoot('archive/a/mine'));
        await once(spawn('sh', ['-c', 'mkfifo "$0"', inRoot('archive/a/mine/fullchain.pem')]), 'exit');
        const link = await readlink(inRoot('live/a'));
        await symlink('../archive/a/mine', inRoot('live/.planted'));
        await rename(inRoot('live/.planted'), inRoot('live/a'));
        const undo = await shadow(host, engineOf(host), 'case $* in *-t) exit 1 ;; esac');
        const { reason, ms } = await install();
        await undo();
        await symlink(link, inRoot('live/.back'));
        await rename(inRoot('live/.back'), inRoot('live/a'));
        assert.equal(reason, 'nginx-test-failed');
        assert.ok(ms < 60_000, `${ms} ms`);
        return 'rolled back and reported';
      }),
  },
];
