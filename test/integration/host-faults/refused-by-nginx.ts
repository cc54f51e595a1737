import assert from 'node:assert/strict';
import { lstat, readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { assertInstall, type HostFault, onProbedHost, SERVED } from './host-fault.ts';
import { engineOf, shadow } from './shadow.ts';

/** Row 35: Nginx does not take the configuration or the reload; the host goes back and serves the old one. */
export const refusedByNginx: HostFault[] = [
  {
    row: 35,
    fault: 'nginx -t fails, and fails without the new certificate as well',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['tested'] }, async (host) => {
        const link = await readlink(join(host.root, 'live/tested'));
        await fixture.publish('tested', ['tested.example']);
        const repair = await host.nginx.writeConfiguration('events {} http { server { listen nowhere; } }');
        const message = await assertInstall(fixture, host, {
          names: 'tested',
          outcomes: [['rolled-back', 'nginx-test-failed']],
        });
        assert.match(
          message,
          /back to the old certificate: .*emerg.*fails without the new certificate as well/,
        );
        assert.equal(await readlink(join(host.root, 'live/tested')), link);
        await repair();
        await assertInstall(fixture, host, { names: 'tested', outcomes: [SERVED] });
      }),
  },
  {
    row: 35,
    fault: 'nginx -s reload fails',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['reloaded'] }, async (host) => {
        const link = await readlink(join(host.root, 'live/reloaded'));
        await fixture.publish('reloaded', ['reloaded.example']);
        const repair = await shadow(
          host,
          engineOf(host),
          'case $* in *reload) echo "[emerg] no" >&2; exit 1 ;; esac',
        );
        await assertInstall(fixture, host, {
          names: 'reloaded',
          outcomes: [['rolled-back', 'reload-failed']],
        });
        assert.equal(await readlink(join(host.root, 'live/reloaded')), link);
        await repair();
        await assertInstall(fixture, host, { names: 'reloaded', outcomes: [SERVED] });
      }),
  },
  {
    row: 35,
    fault: "nginx -t fails over certbot's own folder, which comes back with its renewal configuration",
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['undone'], layout: 'certbot' }, async (host) => {
        await fixture.publish('undone', ['undone.example']);
        const repair = await host.nginx.writeConfiguration('nonsense;');
        await assertInstall(fixture, host, {
          names: 'undone',
          outcomes: [['rolled-back', 'nginx-test-failed']],
        });
        assert.ok((await lstat(join(host.root, 'live/undone'))).isDirectory());
        assert.deepEqual(await readdir(join(host.root, 'live')), ['undone']);
        assert.deepEqual(await readdir(join(host.root, 'renewal')), ['undone.conf']);
        await repair();
        await assertInstall(fixture, host, { names: 'undone', outcomes: [SERVED] });
      }),
  },
];
