import assert from 'node:assert/strict';
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type HostFault, onProbedHost } from './host-fault.ts';

/** What somebody may try to get through a parameter, by the parameter. */
const HOSTILE: [parameter: string, value: string][] = [
  ['names', 'a; touch /mnt/pwned'],
  ['names', '; rm -rf /mnt/letsencrypt'],
  ['names', '$(touch /mnt/pwned)'],
  ['names', '`touch /mnt/pwned`'],
  ['names', '../../etc/passwd'],
  ['names', 'a/../b'],
  ['names', '..'],
  ['names', '.ssh'],
  ['names', '-rf'],
  ['names', 'a\nb'],
  ['names', 'a\u0001b'],
  ['names', 'a\u007fb'],
  ['names', 'ехаmple'],
  ['names', 'a"}],"x":[{"'],
  ['names', '*'],
  ['names', 'a'.repeat(300)],
  ['names', ' '],
  ['names', ''],
  ['root', '/mnt/../etc'],
  ['root', 'letsencrypt'],
  ['root', '/mnt/a\n/etc'],
  ['reload', 'service;id'],
  ['container', 'web nginx'],
  ['container', '--privileged'],
  ['port', '443;id'],
  ['bucket', 'b --endpoint-url=http://evil'],
  ['region', '$(id)'],
];

/** Row 41: refused by the script itself, whoever let it through; nothing is run and nothing written. */
export const hostile: HostFault[] = [
  {
    row: 41,
    fault: 'hostile parameters',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['a'] }, async (host) => {
        const link = await readlink(join(host.root, 'live/a'));
        const before = await readdir(host.root, { recursive: true });
        await fixture.publish('a', ['a.example']);
        for (const [parameter, value] of HOSTILE) {
          const { report, exitCode, stdout } = await fixture.install(host, 'a', { [parameter]: value });
          const what = `${parameter} = ${JSON.stringify(value)}`;
          assert.equal(report.reason, 'bad-parameter', what);
          for (const { outcome } of report.results) assert.equal(outcome, 'failed', what);
          assert.equal(stdout.trim().split('\n').length, 1, what);
          assert.equal(exitCode, 1, what);
        }
        assert.deepEqual(await readdir(join(host.root, '..')), ['letsencrypt']);
        assert.deepEqual(await readdir(host.root, { recursive: true }), before);
        assert.equal(await readlink(join(host.root, 'live/a')), link);
      }),
  },
];
