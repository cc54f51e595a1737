import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { remove } from '../../../cli/commands/remove.ts';
import { restore } from '../../../cli/commands/restore.ts';
import { revoke } from '../../../cli/commands/revoke.ts';
import { writeExport } from '../../../cli/migrate/write-export.ts';
import { confirm } from '../../../cli/output/confirm.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { storeLive } from '../../fakes/stored-certificate.ts';

const VERSION = '20260101T000000Z-0a1b2c';

describe('what cannot be taken back is refused before anything is asked of AWS', () => {
  it.each(['', 'blog', 'shop.example.com'])('without its own name: --confirm %j', async (confirm) => {
    await expect(remove('shop', { confirm })).rejects.toMatchObject({ reason: 'not-confirmed' });
    const options = { confirm, reason: 'superseded', limit: '60' };
    await expect(revoke('shop', options)).rejects.toMatchObject({ reason: 'not-confirmed' });
  });

  it('where a pin is to be released, and set to a version at once', async () => {
    const asked = restore('shop', VERSION, { release: true, limit: '60' } as Parameters<typeof restore>[2]);
    await expect(asked).rejects.toThrow('--release takes no version');
  });
});

it.each([
  ['y\r', true],
  ['n\r', false],
  ['\r', false],
  ['\u0003', false],
  ['\u0004', false],
])('a person who types %j agrees: %s', async (typed, agrees) => {
  const input = new PassThrough();
  const output = Object.assign(new PassThrough().resume(), { isTTY: true, columns: 80 });
  const asked = confirm('Write it?', { input, output });
  input.write(typed);
  expect(await asked).toBe(agrees);
});

describe('an exported certificate', () => {
  let folder: string;
  let store: MemoryStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'perennial-export-'));
    store = new MemoryStore();
    const notAfter = new Date(Date.now() + 60 * 86_400_000);
    const facts = { names: ['shop.example.com'], version: VERSION, notAfter };
    await storeLive(store, { ca: await makeCa(), name: 'shop' }, facts);
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  const modeOf = async (...path: string[]) => ((await stat(join(folder, ...path))).mode & 0o777).toString(8);

  it('has its key for its owner alone, in folders that are his', async () => {
    await writeExport(store, 'shop', folder);
    expect(await modeOf('archive/shop/privkey1.pem')).toBe('600');
    for (const closed of ['archive', 'live', 'archive/shop'])
      expect(await modeOf(closed), closed).toBe('700');
    expect(await readFile(join(folder, 'live/shop/privkey.pem'), 'utf8')).toBe(
      store.text(`archive/shop/${VERSION}/privkey.pem`),
    );
  });

  it('takes the place of none that is there', async () => {
    await writeExport(store, 'shop', folder);
    await expect(writeExport(store, 'shop', folder)).rejects.toMatchObject({ reason: 'exists-already' });
  });

  it.each(['privkey', 'fullchain'])(
    'is not written where its %s is not what the pointer says',
    async (file) => {
      await store.put(`archive/shop/${VERSION}/${file}.pem`, 'another');
      await expect(writeExport(store, 'shop', folder)).rejects.toMatchObject({ reason: 'archive-differs' });
      await expect(stat(join(folder, 'archive/shop'))).rejects.toThrow();
    },
  );
});
