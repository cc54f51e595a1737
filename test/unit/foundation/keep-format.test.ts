import { describe, expect, it } from 'vitest';
import { keepFormat } from '../../../lib/foundation/bucket/keep-format.ts';
import { FORMAT } from '../../../lib/foundation/bucket/rules/bucket-format.ts';
import { contested } from '../../fakes/contested-store.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const release = '1.2.3';
const NEWER = JSON.stringify({ format: FORMAT + 1, release: '2.0.0', more: 'of it' });

describe('the format of a bucket', () => {
  it('is marked by the first release that knows of it', async () => {
    const store = new MemoryStore();
    await keepFormat(store, { release });
    expect(JSON.parse(store.text('format.json'))).toEqual({ format: FORMAT, release });
  });

  it('is marked once, so that the release is the first that needed it', async () => {
    const store = new MemoryStore();
    await keepFormat(store, { release: '1.0.0' });
    await keepFormat(store, { release });
    expect(JSON.parse(store.text('format.json')).release).toBe('1.0.0');
  });

  it.each([undefined, 'not JSON', '{}', '{"format":"1","release":"x"}'])(
    'counts as the first where the mark is %s',
    async (text) => {
      const store = new MemoryStore();
      if (text !== undefined) await store.put('format.json', text);
      await keepFormat(store, { release });
      expect(JSON.parse(store.text('format.json'))).toEqual({ format: FORMAT, release });
    },
  );

  it('of a newer release is refused in one line with the object, its format and the release needed', async () => {
    const store = new MemoryStore();
    await store.put('format.json', NEWER);
    const refused = keepFormat(store, { release });
    await expect(refused).rejects.toMatchObject({
      reason: 'bucket-newer',
      message: `format.json: the bucket is of format ${FORMAT + 1}, which release 2.0.0 wrote, and release 1.2.3 reads formats up to ${FORMAT}; use release 2.0.0 or a newer one`,
    });
    expect(store.text('format.json')).toBe(NEWER);
    for (const newer of [`\ufeff${NEWER}`, JSON.stringify({ format: FORMAT + 1, release: { name: '2' } })]) {
      await store.put('format.json', newer);
      await expect(keepFormat(store, { release })).rejects.toMatchObject({ reason: 'bucket-newer' });
      expect(store.text('format.json')).toBe(newer);
    }
    await expect(keepFormat(store, { release })).rejects.toMatchObject({
      message: `format.json: the bucket is of format ${FORMAT + 1}, which a newer release wrote, and release 1.2.3 reads formats up to ${FORMAT}; use that release`,
    });
  });

  it.each([
    ['is marked for the first time', undefined],
    ['is marked anew', 'not JSON'],
  ])('that a newer release writes while it %s is refused, and stays', async (_, before) => {
    const store = new MemoryStore();
    if (before !== undefined) await store.put('format.json', before);
    const late = contested(store, 'format.json', () => store.put('format.json', NEWER));
    await expect(keepFormat(late, { release })).rejects.toMatchObject({ reason: 'bucket-newer' });
    expect(late.contests).toBe(1);
    expect(store.text('format.json')).toBe(NEWER);
  });

  it('is not marked by a dry run, which looks at it all the same', async () => {
    const store = new MemoryStore();
    await keepFormat(store, { release, dryRun: true });
    expect(await store.get('format.json')).toBeUndefined();
    await store.put('format.json', NEWER);
    await expect(keepFormat(store, { release, dryRun: true })).rejects.toThrow('use release 2.0.0');
  });
});
