import assert from 'node:assert/strict';
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { assertUnbroken } from '../tls-probe.ts';
import { assertInstall, type HostFault, onProbedHost, SERVED } from './host-fault.ts';
import { engineOf, shadow } from './shadow.ts';

/** Row 39: there is nothing to reload for now. The new certificate stays, and the next run tries again. */
export const containerGone: HostFault[] = [
  {
    row: 39,
    fault: 'the container is absent',
    async run(fixture) {
      const host = await fixture.startHost({ sites: [{ serverName: 'absent.example', lineage: 'absent' }] });
      const { version, serial } = await fixture.publish('absent', ['absent.example']);
      await host.nginx.stop();
      await assertInstall(fixture, host, { names: 'absent', outcomes: [['failed', 'container-not-found']] });
      assert.match(await readlink(join(host.root, 'live/absent')), new RegExp(version));
      await host.nginx.start();
      const stopProbe = fixture.probe(host, 'absent.example');
      await assertInstall(fixture, host, { names: 'absent', outcomes: [['unchanged', 'already-served']] });
      const seen = await stopProbe();
      assertUnbroken(seen);
      assert.deepEqual(seen.serials, [serial]);
    },
  },
  {
    row: 39,
    fault: 'the container restarts and is back within seconds',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['restarts'] }, async (host) => {
        await fixture.publish('restarts', ['restarts.example']);
        await shadow(
          host,
          engineOf(host),
          `count="$TMPDIR/inspected"; case $1 in container) echo x >>"$count"; [ "$(wc -l <"$count")" -gt 2 ] || { echo '"Status": "restarting"'; exit 0; } ;; esac`,
        );
        await assertInstall(fixture, host, { names: 'restarts', outcomes: [SERVED] });
      }),
  },
  {
    row: 39,
    fault: 'the container restarts for longer than the script waits',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['crashes'] }, async (host) => {
        const { version } = await fixture.publish('crashes', ['crashes.example']);
        const settle = await shadow(
          host,
          engineOf(host),
          `case $1 in container) echo '"Status": "restarting"'; exit 0 ;; esac`,
        );
        await assertInstall(fixture, host, {
          names: 'crashes',
          outcomes: [['failed', 'container-restarting']],
        });
        assert.match(await readlink(join(host.root, 'live/crashes')), new RegExp(version));
        await settle();
        await assertInstall(fixture, host, { names: 'crashes', outcomes: [SERVED] });
      }),
  },
  {
    row: 39,
    fault: 'the container stops between the test and the reload',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['stops'] }, async (host) => {
        await fixture.publish('stops', ['stops.example']);
        const settle = await shadow(
          host,
          engineOf(host),
          `case $*-$(ls "$TMPDIR") in *reload-*) : >"$TMPDIR/stopped"; exit 1 ;; container*stopped*) echo '"Status": "exited"'; exit 0 ;; esac`,
        );
        await assertInstall(fixture, host, {
          names: 'stops',
          outcomes: [['failed', 'container-restarting']],
        });
        await settle();
        await assertInstall(fixture, host, { names: 'stops', outcomes: [SERVED] });
      }),
  },
];
