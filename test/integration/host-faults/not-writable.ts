import assert from 'node:assert/strict';
import { chown, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../../local/hosts/host.ts';
import { assertInstall, type HostFault, onProbedHost, SERVED } from './host-fault.ts';

interface Obstacle {
  fault: string;
  reason: string;
  /** shell commands before the script, in its own view of the machine */
  prepare?: string;
  /** what is wrong on the disk itself; returns the way to mend it */
  spoil?: (host: Host) => Promise<() => Promise<void>>;
}

const NOBODY = 65_534;
const emptied = (folder: string, size: string) =>
  `cp -a ${folder} "$TMPDIR/kept" && mount -t tmpfs -o mode=700,size=${size} none ${folder} && cp -a "$TMPDIR/kept/." ${folder}`;

const OBSTACLES: Obstacle[] = [
  {
    fault: 'no room for the new files',
    reason: 'disk-full',
    prepare: `${emptied('/mnt/letsencrypt/archive', '64k')} && head -c 60000 /dev/zero >/mnt/letsencrypt/archive/ballast 2>/dev/null; :`,
  },
  {
    fault: 'no room for temporary files',
    reason: 'disk-full',
    prepare: 'mount -t tmpfs -o size=4k none "$TMPDIR"',
  },
  {
    fault: 'a file system that is read-only',
    reason: 'read-only',
    prepare: 'mount -o remount,bind,ro /mnt',
  },
  {
    fault: 'an agent that is not root',
    reason: 'permission-denied',
    prepare: `chmod 711 /mnt/letsencrypt && chmod 777 "$TMPDIR" && exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups env TMPDIR=/tmp sh <"$1"`,
  },
  {
    fault: 'a folder that belongs to somebody else',
    reason: 'wrong-owner',
    async spoil(host) {
      const live = join(host.root, 'live');
      await chown(live, NOBODY, NOBODY);
      return () => chown(live, 0, 0);
    },
  },
];

/** Row 38: what cannot be written fails before the swap, and the disk is as it was. */
export const notWritable: HostFault[] = OBSTACLES.map(({ fault, reason, prepare, spoil }, index) => ({
  row: 38,
  fault,
  run: (fixture) =>
    onProbedHost(fixture, { lineages: [`spoilt-${index}`] }, async (host) => {
      const name = `spoilt-${index}`;
      const link = await readlink(join(host.root, 'live', name));
      await fixture.publish(name, [`${name}.example`]);
      host.prepare = prepare;
      const mend = await spoil?.(host);
      await assertInstall(fixture, host, { names: name, outcomes: [['failed', reason]] });
      assert.equal(await readlink(join(host.root, 'live', name)), link);
      assert.deepEqual(await readdir(join(host.root, 'live')), [name]);
      host.prepare = undefined;
      await mend?.();
      await assertInstall(fixture, host, { names: name, outcomes: [SERVED] });
    }),
}));
