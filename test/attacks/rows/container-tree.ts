import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { servedSerial } from '../../integration/install-fixture.ts';
import type { Attack } from '../attack.ts';
import { onSite } from '../site.ts';

const MINE = 'a file of the host';

/** Runs shell text beside what is done, until the returned function is called. */
function beside(text: string, cwd: string): () => Promise<void> {
  const running: ChildProcess = spawn('sh', ['-c', text], { cwd, stdio: 'ignore', detached: true });
  return async () => {
    // With all that it started: it leads a process group.
    if (running.pid !== undefined) process.kill(-running.pid, 'SIGKILL');
    if (running.exitCode === null && running.signalCode === null) await once(running, 'exit');
  };
}

export const CONTAINER_TREE: readonly Attack[] = [
  {
    tried:
      'plants links to a file of the host where the script, or an earlier release of it, keeps marks, notes and its lock (H8)',
    must: 'the file is not touched; the certificate is installed',
    quick: true,
    run: (stages) =>
      onSite(stages, async ({ publish, install, inRoot, outside }) => {
        const { serial } = await publish();
        await writeFile(outside('file'), MINE);
        const planted = ['archive/a/.not-served', 'archive/a/.previous', '.perennial.lock', 'live/.a.new'];
        for (const at of planted) await symlink('/mnt/file', inRoot(at));
        const result = await install();
        assert.deepEqual([result.outcome, result.serial], ['served', serial]);
        assert.equal(await readFile(outside('file'), 'utf8'), MINE);
        return `${planted.length} links, none followed`;
      }),
  },
  {
    tried: "plants links to a folder of the host where a version's folder is to be made or filled",
    must: 'nothing is written there; the certificate is installed',
    quick: true,
    run: (stages) =>
      onSite(stages, async ({ publish, install, inRoot, outside }) => {
        const { version } = await publish();
        await mkdir(outside('folder'));
        for (const at of ['archive/a/.incoming', `archive/a/${version}`, 'live/.a.new'])
          await symlink('/mnt/folder', inRoot(at));
        assert.equal((await install()).outcome, 'served');
        assert.deepEqual(await readdir(outside('folder')), []);
        return 'nothing written there';
      }),
  },
  {
    tried: 'puts a link in the place of `live`, `archive` or `archive/<name>`',
    must: '`not-a-folder`, with what to move away; nothing is written beyond it, and what was served is served on',
    run: (stages) =>
      onSite(stages, async ({ publish, install, inRoot, outside }) => {
        for (const folder of ['live', 'archive', 'archive/a']) {
          await publish();
          await rename(inRoot(folder), outside('moved'));
          await symlink('/mnt/moved', inRoot(folder));
          const before = await readdir(outside('moved'), { recursive: true });
          const { reason, message } = await install();
          assert.equal(reason, 'not-a-folder', folder);
          assert.ok(message.includes(`/mnt/letsencrypt/${folder} is a link`), message);
          assert.deepEqual(await readdir(outside('moved'), { recursive: true }), before);
          await rm(inRoot(folder));
          await rename(outside('moved'), inRoot(folder));
        }
        return '3 refused';
      }),
  },
  {
    tried:
      'swaps `archive/<name>` for a link to a folder of the host and back, all the time, while it is installed',
    must: 'installed or refused, and nothing is ever written to that folder',
    run: (stages) =>
      onSite(stages, async ({ publish, install, inRoot, outside }) => {
        await mkdir(outside('folder'));
        const outcomes: string[] = [];
        for (let turn = 0; turn < 6; turn += 1) {
          await publish();
          // Sometimes often and sometimes seldom, so that some runs get far.
          const stop = beside(
            `while :; do mv a b && ln -s /mnt/folder a && rm -f a && mv b a; sleep ${0.01 * 3 ** turn}; done`,
            inRoot('archive'),
          );
          outcomes.push((await install().catch(() => ({ outcome: 'no report' }))).outcome);
          await stop();
          if (existsSync(inRoot('archive/b'))) {
            await rm(inRoot('archive/a'), { force: true, recursive: true });
            await rename(inRoot('archive/b'), inRoot('archive/a'));
          }
          assert.deepEqual(await readdir(outside('folder')), [], `turn ${turn}`);
        }
        assert.ok(!outcomes.includes('no report'), outcomes.join());
        return outcomes.join(', ');
      }),
  },
  {
    tried: 'holds locks on all files and folders of the tree, which a read-only mount is enough for (H9)',
    must: 'the certificate is installed: the lock is where only root is',
    quick: true,
    run: (stages) =>
      onSite(stages, async ({ publish, install, host, inRoot }) => {
        const { serial } = await publish();
        await writeFile(inRoot('.perennial.lock'), '');
        const stop = beside(
          'for held in $(find . ! -type l); do flock "$held" sleep 60 & done; wait',
          host.root,
        );
        const result = await install();
        await stop();
        assert.deepEqual([result.outcome, result.serial], ['served', serial]);
        return 'installed';
      }),
  },
  {
    tried: 'has the folder mounted writable',
    must: 'told at every installation: `mounted-writable`, with what to change',
    quick: true,
    run: (stages) =>
      onSite(
        stages,
        async ({ publish, install, host }) => {
          const { serial } = await publish();
          const { outcome, reason, message } = await install();
          assert.deepEqual([outcome, reason], ['served', 'mounted-writable']);
          assert.ok(message.includes(':ro'), message);
          assert.equal(await servedSerial(host, 'a.example'), serial);
          return 'told';
        },
        { mounts: 'writable' },
      ),
  },
  {
    tried: 'has the folder mounted writable, and puts a deploy hook there, where hooks are what reloads',
    must: 'it is not run as root: `hook-unsafe`, with what to mount read-only',
    run: (stages) =>
      onSite(
        stages,
        async ({ publish, install, inRoot, outside }) => {
          await publish();
          await mkdir(inRoot('renewal-hooks/deploy'), { recursive: true });
          await writeFile(inRoot('renewal-hooks/deploy/10'), '#!/bin/sh\n: >/mnt/ran\n', { mode: 0o755 });
          const { reason, message } = await install({ reload: 'hooks', container: '' });
          assert.ok(!existsSync(outside('ran')), 'the hook ran');
          assert.equal(reason, 'hook-unsafe');
          assert.ok(message.includes(':ro'), message);
          return 'not run';
        },
        { mounts: 'writable' },
      ),
  },
];
