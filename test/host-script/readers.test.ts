import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeLineage } from '../../local/hosts/lineage.ts';
import { selfSign } from '../../local/hosts/self-signed.ts';
import { type BareHost, startBareHost } from '../fakes/bare-host.ts';

const isRoot = process.getuid?.() === 0;
const READER = 4321;
const OLD = 'archive/a/20250101T000000Z-000000';
const certificate = () => selfSign({ names: ['a.example'] });

let host: BareHost;
beforeEach(async () => {
  host = await startBareHost();
});
afterEach(() => host?.stop());

/** Owner, group and mode, as `0:0 600`. */
function accessOf(...path: string[]): string {
  const { uid, gid, mode } = statSync(join(host.root, ...path));
  return `${uid}:${gid} ${(mode & 0o7777).toString(8)}`;
}

async function install(parameters: Record<string, string> = {}) {
  const { version } = host.publish('a', await certificate());
  const { results } = await host.install('a', parameters);
  return { result: results[0], folder: join('archive/a', version) };
}

describe.skipIf(!isRoot)(
  `who may read the new version${isRoot ? '' : ' (SKIPPED: owners need root)'}`,
  () => {
    test('is who could read the one before, and nobody gets the right to write', async () => {
      await writeLineage(host.root, 'a', await certificate(), 'perennial');
      chownSync(join(host.root, OLD), READER, READER);
      chmodSync(join(host.root, OLD), 0o770);
      const key = join(host.root, OLD, 'privkey.pem');
      chownSync(key, 0, READER);
      chmodSync(key, 0o660);
      const { folder } = await install();
      expect(accessOf(folder, 'privkey.pem')).toBe(`0:${READER} 640`.replace('640', '640'));
      expect(accessOf(folder)).toBe(`${READER}:${READER} 750`);
      expect(accessOf(folder, 'fullchain.pem')).toBe('0:0 600');
    });

    test('is root alone where nothing was before', async () => {
      const { folder } = await install();
      expect(accessOf(folder, 'privkey.pem')).toBe('0:0 600');
      expect(accessOf(folder)).toBe('0:0 700');
    });

    test('is the group of the settings where only root could, and it may enter', async () => {
      const { folder } = await install({ keyGroup: String(READER) });
      expect(accessOf(folder, 'privkey.pem')).toBe(`0:${READER} 640`);
      expect(accessOf(folder, 'fullchain.pem')).toBe(`0:${READER} 644`);
      expect(accessOf(folder)).toBe(`0:${READER} 750`);
    });

    test('is as the mode of the settings says', async () => {
      const { folder } = await install({ keyMode: '0444' });
      expect(accessOf(folder, 'privkey.pem')).toBe('0:0 444');
      expect(accessOf(folder)).toBe('0:0 755');
    });

    test('is not changed by the settings where somebody beside root could already', async () => {
      await writeLineage(host.root, 'a', await certificate(), 'perennial');
      chownSync(join(host.root, OLD, 'privkey.pem'), READER, READER);
      const { folder } = await install({ keyGroup: '77', keyMode: '0644' });
      expect(accessOf(folder, 'privkey.pem')).toBe(`${READER}:${READER} 600`);
    });

    test('is not read from the name of a folder that looks like an owner and a mode', async () => {
      const planted = 'archive/a/x\n0:0 +0004 z';
      mkdirSync(join(host.root, planted), { recursive: true });
      for (const file of ['cert', 'privkey'])
        writeFileSync(join(host.root, planted, `${file}.pem`), '', { mode: 0o600 });
      symlinkSync(`../${planted}`, join(host.root, 'live/a'));
      const { result, folder } = await install();
      expect(result).toMatchObject({ outcome: 'installed-not-served' });
      expect(accessOf(folder, 'privkey.pem')).toBe('0:0 600');
    });

    test('a group that is not there is told, and nothing is installed', async () => {
      const { result } = await install({ keyGroup: 'nobody-has-this' });
      expect(result).toMatchObject({ outcome: 'failed', reason: 'bad-parameter' });
      expect(host.link('a')).toBeUndefined();
    });
  },
);
