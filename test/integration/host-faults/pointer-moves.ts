import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { InstallFixture, Published } from '../install-fixture.ts';
import { type HostFault, onProbedHost } from './host-fault.ts';
import { engineOf, shadow } from './shadow.ts';

/** Row 40: the pointer moves while a host installs; the host ends on the newest. */
export const pointerMoves: HostFault[] = [
  {
    row: 40,
    fault: 'the pointer moves between fetch and reload, and no message says so',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['moving'] }, async (host) => {
        await fixture.publish('moving', ['moving.example']);
        const [reached, goOn] = [join(host.bin, 'reached'), join(host.bin, 'go-on')];
        await shadow(
          host,
          engineOf(host),
          `case $* in *-t) : >'${reached}'; until [ -e '${goOn}' ]; do sleep 0.05; done ;; esac`,
        );
        const running = fixture.install(host, 'moving');
        while (!existsSync(reached)) await sleep(20);
        const newest = await fixture.publish('moving', ['moving.example']);
        await writeFile(goOn, '');
        assertNewest(await running, newest);
        assert.match(await readlink(join(host.root, 'live/moving')), new RegExp(newest.version));
      }),
  },
  {
    row: 40,
    fault: 'two runs at once take turns, and both end on the newest',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['twice'] }, async (host) => {
        await fixture.publish('twice', ['twice.example']);
        const first = fixture.install(host, 'twice');
        const newest = await fixture.publish('twice', ['twice.example']);
        for (const run of await Promise.all([first, fixture.install(host, 'twice')]))
          assert.equal(run.exitCode, 0);
        assertNewest(await fixture.install(host, 'twice'), newest);
      }),
  },
];

type Run = Awaited<ReturnType<InstallFixture['install']>>;

function assertNewest({ report }: Run, { version, serial }: Published): void {
  const [result] = report.results;
  assert.ok(result?.outcome === 'served' || result?.outcome === 'unchanged', result?.message);
  assert.deepEqual([result.version, result.serial], [version, serial]);
}
