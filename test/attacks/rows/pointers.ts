import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createAuthority } from '../../integration/certificate-authority.ts';
import { shadow } from '../../integration/host-faults/shadow.ts';
import { servedSerial } from '../../integration/install-fixture.ts';
import type { Attack } from '../attack.ts';
import { onSite } from '../site.ts';
import { assertCleanPage, assertToldPrintably, HOSTILE } from '../stack.ts';

const MALFORMED: [what: string, change: Record<string, unknown>][] = [
  ['a version that climbs', { version: '../../../etc' }],
  ['a version with a command', { version: '20261120T000001Z-$(touch /mnt/ran)' }],
  ['a name with a command', { names: ['$(touch /mnt/ran)'] }],
  ['a server name that is an option', { serverNames: ['-CAfile', '/etc/shadow'] }],
  ['a serial with markup', { serial: '<b>1</b>' }],
  ['hashes that are none', { sha256: { fullchain: 'a', privkey: 'b' } }],
];

export const POINTERS: readonly Attack[] = [
  {
    tried: 'puts a pointer to an older version, whose key may have leaked',
    must: '`version-older`: hosts that have the newer one keep it',
    quick: true,
    run: (stages) =>
      onSite(stages, async ({ publish, install, fixture, host }) => {
        const older = await publish();
        const newer = await publish();
        assert.equal((await install()).outcome, 'served');
        await fixture.publish('a', ['a.example'], { pair: older.pair, change: { version: older.version } });
        assert.equal((await install()).reason, 'version-older');
        assert.equal(await servedSerial(host, 'a.example'), newer.serial);
        return 'the newer one is served';
      }),
  },
  {
    tried: 'puts pointers with paths, commands, options and markup in their members',
    must: '`pointer-malformed` for each; nothing is run, fetched or written',
    run: (stages) =>
      onSite(stages, async ({ install, fixture, outside, host }) => {
        const before = await servedSerial(host, 'a.example');
        for (const [what, change] of MALFORMED) {
          await fixture.publish('a', ['a.example'], { change });
          assert.equal((await install()).reason, 'pointer-malformed', what);
        }
        assert.ok(!existsSync(outside('ran')), 'a command ran');
        assert.equal(await servedSerial(host, 'a.example'), before);
        return `${MALFORMED.length} refused`;
      }),
  },
  {
    tried: "puts a pointer with hashes of his own files, and one to another certificate's version",
    must: '`hash-mismatch`, `names-mismatch` or `key-mismatch`; what was served is served on',
    run: (stages) =>
      onSite(stages, async ({ install, fixture, host }) => {
        const before = await servedSerial(host, 'a.example');
        await fixture.publish('a', ['a.example'], {
          change: { sha256: { fullchain: 'a'.repeat(64), privkey: 'b'.repeat(64) } },
        });
        assert.equal((await install()).reason, 'hash-mismatch');
        const other = await fixture.authority.issue({ names: ['evil.example'] });
        await fixture.publish('a', ['a.example'], { pair: other });
        assert.equal((await install()).reason, 'names-mismatch');
        const mine = await fixture.authority.issue({ names: ['a.example'] });
        await fixture.publish('a', ['a.example'], { pair: { ...mine, privkey: other.privkey } });
        assert.equal((await install()).reason, 'key-mismatch');
        assert.equal(await servedSerial(host, 'a.example'), before);
        return '3 refused';
      }),
  },
  {
    tried: 'puts a pointer of 300 KB',
    must: 'no more than 256 KiB are read: `pointer-malformed`',
    quick: true,
    run: (stages) =>
      onSite(stages, async ({ install, fixture }) => {
        const filler = { filler: 'x'.repeat(300_000) };
        await fixture.put('live/a.json', JSON.stringify({ ...filler, version: 'none' }));
        assert.equal((await install()).reason, 'pointer-malformed');
        return 'refused';
      }),
  },
  {
    tried: 'puts a pointer with 1,500 `serverNames`, of which none is served (H11)',
    must: 'twenty are asked, and the run reports in time, before Systems Manager ends it',
    run: (stages) =>
      onSite(stages, async ({ fixture, host }) => {
        const serverNames = Array.from({ length: 1500 }, (_, index) => `n${index}.many.example`);
        await fixture.publish('many', ['*.many.example'], { serverNames });
        const log = `${host.bin}/asked`;
        const undo = await shadow(host, 'openssl', `case $* in *s_client*) echo "$*" >>'${log}' ;; esac`);
        const { report, ms } = await fixture.install(host, 'many');
        await undo();
        assert.equal(report.results[0]?.outcome, 'installed-not-served');
        const asked = new Set((await readFile(log, 'utf8')).match(/n\d+\.many\.example/g));
        assert.equal(asked.size, 20);
        assert.ok(ms < 200_000, `${ms} ms`);
        return '20 asked';
      }),
  },
  {
    tried: 'puts markup and garbage in the place of a pointer',
    must: 'it is set aside and told, the pointer is made anew from the version that there is; the page has no markup; nothing is ordered',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.issued();
        const before = await world.line.pointer(subject.name);
        const orders = world.ordersOf(subject);
        await world.line.put(
          `live/${subject.name}.json`,
          JSON.stringify({ ...before, ca: HOSTILE, names: [HOSTILE] }),
        );
        await assertCleanPage(world);
        await world.line.put(`live/${subject.name}.json`, `{"version": "${HOSTILE}`);
        await world.scan();
        await world.scan();
        assert.equal((await world.line.pointer(subject.name))?.version, before?.version, 'made anew');
        assert.equal(world.ordersOf(subject), orders, 'orders');
        assertToldPrintably(world);
        return 'made anew';
      }),
  },
  {
    tried:
      'removes a pointer, and puts a certificate of his own for the same names in the place of its copies',
    must: 'the pointer is made anew from `archive/`, which is not his to write; his is not in it',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.issued();
        const before = await world.line.pointer(subject.name);
        const mine = await (await createAuthority()).issue({ names: subject.names });
        for (const file of ['fullchain', 'privkey'] as const)
          await world.line.put(`live/${subject.name}/${file}.pem`, mine[file]);
        await world.line.remove(`live/${subject.name}.json`);
        await world.scan();
        await world.scan();
        const after = await world.line.pointer(subject.name);
        assert.deepEqual(after?.sha256, before?.sha256);
        return 'from the archive';
      }),
  },
  {
    tried: 'puts a pointer that does not match its version, with a CA of his for CAA',
    must: 'set aside by the weekly sweep; nothing of it about CAA is believed, and no CAA for his CA is written',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.issued();
        const before = await world.line.pointer(subject.name);
        const evil = { identity: 'evil.example', accountUri: 'https://evil.example/1' };
        const caa = [{ name: subject.names[0], values: ['0 issue "evil.example"'] }];
        const planted = {
          ...before,
          fingerprint: 'a'.repeat(64),
          caaIssuer: evil,
          caaFallbacks: [evil],
          caa,
        };
        await world.line.put(`live/${subject.name}.json`, JSON.stringify(planted));
        await world.scan();
        // Whether a pointer matches its version is looked at once a week.
        await world.scan({ start: 'weekly-sweep' });
        await world.scan();
        const text = (await world.line.text(`live/${subject.name}.json`)) ?? '';
        assert.doesNotMatch(text, /evil/);
        assert.doesNotMatch(JSON.stringify(await world.line.records('example.com')), /evil/);
        assert.equal((await world.line.pointer(subject.name))?.version, before?.version);
        return 'not believed';
      }),
  },
];
