import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { selfSign } from '../../local/hosts/self-signed.ts';
import { type BareHost, startBareHost } from '../fakes/bare-host.ts';

const OLD = '20250101T000000Z-000000';

let host: BareHost;
beforeEach(async () => {
  host = await startBareHost();
  for (const name of ['a', 'b']) {
    await writeLineage(host.root, name, await selfSign({ names: [`${name}.example`] }), 'perennial');
    host.server.serve(`${name}.example`, name);
    host.publish(name, await selfSign({ names: [`${name}.example`] }));
  }
});
afterEach(() => host?.stop());

const log = () => join(host.bucket, 'hooked');
const hooked = () => (existsSync(log()) ? readFileSync(log(), 'utf8').trim().split('\n') : []);
const RELOAD = 'echo reload >>../reloads';

/** A program in renewal-hooks/deploy/ that says which certificate it is run for. */
function hook(name: string, text = '', mode = 0o755) {
  const folder = join(host.root, 'renewal-hooks/deploy');
  mkdirSync(folder, { recursive: true });
  const say = `echo "${name} $RENEWED_LINEAGE $RENEWED_DOMAINS $(umask)" >>${log()}`;
  writeFileSync(join(folder, name), `#!/bin/sh\n${say}\ncd ${host.bucket}\n${text}\n`);
  chmodSync(join(folder, name), mode);
}
const install = (names = 'a b') => host.install(names, { reload: 'hooks', container: '' });

describe("certbot's deploy hooks", () => {
  test('are run in order for each lineage, with its folder, its names and the usual umask', async () => {
    hook('20-reload', RELOAD);
    hook('10-first');
    hook('15-not-executable', '', 0o644);
    const { results } = await install();
    expect(results).toMatchObject([{ outcome: 'served' }, { outcome: 'served' }]);
    expect(hooked()).toEqual(
      ['a', 'b'].flatMap((name) =>
        ['10-first', '20-reload'].map(
          (which) => `${which} /mnt/letsencrypt/live/${name} ${name}.example 0022`,
        ),
      ),
    );
  });

  test('that fail for the second roll that one back, and the first stays served', async () => {
    hook('10-reload', `case $RENEWED_LINEAGE in */b) echo no; exit 1 ;; esac\n${RELOAD}`);
    const { results } = await install();
    expect(results).toMatchObject([
      { name: 'a', outcome: 'served' },
      { name: 'b', outcome: 'rolled-back', reason: 'hook-failed' },
    ]);
    expect(host.link('a')).not.toContain(OLD);
    expect(host.link('b')).toContain(OLD);
  });

  test.each([
    ['itself', 'renewal-hooks/deploy/10-reload'],
    ['in a folder', 'renewal-hooks/deploy'],
    ['below a folder', 'renewal-hooks'],
  ])('that others can change (%s) are not run as root', async (_, path) => {
    hook('10-reload', RELOAD);
    chmodSync(join(host.root, path), 0o777);
    const { results } = await install('a');
    expect(results[0]).toMatchObject({ outcome: 'failed' });
    expect(hooked()).toEqual([]);
    expect(host.link('a')).toContain(OLD);
  });

  test('behind a link that leads to where others can write are not run as root', async () => {
    const open = join(host.root, '../open');
    mkdirSync(open);
    writeFileSync(join(open, 'hook'), `#!/bin/sh\necho open >>${log()}\n`, { mode: 0o755 });
    chmodSync(open, 0o777);
    mkdirSync(join(host.root, 'renewal-hooks/deploy'), { recursive: true });
    symlinkSync('/mnt/open/hook', join(host.root, 'renewal-hooks/deploy/10-open'));
    expect((await install('a')).results).toMatchObject([{ outcome: 'failed', reason: 'hook-unsafe' }]);
    expect(hooked()).toEqual([]);
  });
});
