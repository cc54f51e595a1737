import { beforeAll, describe, expect, it } from 'vitest';
import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';

/** What every object store promises; `makeStore` gives an empty one. */
export function describeObjectStoreContract(name: string, makeStore: () => Promise<ObjectStore>): void {
  describe(`${name} as an object store`, () => {
    let store: ObjectStore;
    beforeAll(async () => {
      store = await makeStore();
    });
    const body = async (key: string) => (await store.get(key))?.body;

    it('has nothing where nothing was written', async () => {
      expect(await store.get('nowhere.json')).toBeUndefined();
      expect(await store.list('nowhere/')).toEqual([]);
    });

    it('gives back what was created, with its own times', async () => {
      const written = await store.create('created.json', 'grüße\n', { groups: ['web', 'api'] });
      const stored = await store.get('created.json');
      expect(stored).toMatchObject({ body: 'grüße\n', etag: written?.etag });
      expect(Math.abs((stored?.at.getTime() ?? 0) - (stored?.modified.getTime() ?? 0))).toBeLessThan(60_000);
    });

    it('creates only where nothing is', async () => {
      await store.create('taken.json', 'first');
      expect(await store.create('taken.json', 'second')).toBeUndefined();
      expect(await body('taken.json')).toBe('first');
    });

    it('takes a creation of the same content as written: its first answer may have been lost', async () => {
      const first = await store.create('again.json', 'same');
      expect(await store.create('again.json', 'same')).toEqual(first);
    });

    it('lets one of many creators win', async () => {
      const bodies = ['a', 'b', 'c', 'd', 'e'];
      const written = await Promise.all(bodies.map((text) => store.create('race.json', text)));
      expect(written.filter(Boolean)).toHaveLength(1);
      expect(await body('race.json')).toBe(bodies[written.findIndex(Boolean)]);
    });

    it('replaces only what stands at the etag', async () => {
      const first = await store.create('swap.json', 'one');
      const second = await store.replace('swap.json', 'two', { etag: first?.etag ?? '' });
      expect(second?.etag).not.toBe(first?.etag);
      expect(await store.replace('swap.json', 'three', { etag: first?.etag ?? '' })).toBeUndefined();
      expect(await body('swap.json')).toBe('two');
    });

    it('takes a replacement by the same content as written', async () => {
      const first = await store.create('twice.json', 'one');
      const second = await store.replace('twice.json', 'two', { etag: first?.etag ?? '' });
      expect(await store.replace('twice.json', 'two', { etag: first?.etag ?? '' })).toEqual(second);
    });

    it('does not replace what is gone', async () => {
      const first = await store.create('gone.json', 'one');
      await store.remove('gone.json');
      expect(await store.replace('gone.json', 'two', { etag: first?.etag ?? '' })).toBeUndefined();
      expect(await body('gone.json')).toBeUndefined();
    });

    it('puts over whatever is there', async () => {
      await store.put('live/x/cert.pem', 'old');
      await store.put('live/x/cert.pem', 'new', { groups: ['web'] });
      expect(await body('live/x/cert.pem')).toBe('new');
    });

    it('removes what is there and what is not', async () => {
      await store.put('remove.json', 'x');
      await store.remove('remove.json');
      await store.remove('remove.json');
      expect(await store.get('remove.json')).toBeUndefined();
    });

    it('removes an object only at the etag that is given, and leaves another alone', async () => {
      const first = await store.create('claimed.json', 'mine');
      await store.put('claimed.json', 'theirs');
      await store.remove('claimed.json', { etag: first?.etag ?? '' });
      expect((await store.get('claimed.json'))?.body).toBe('theirs');
      await store.remove('claimed.json', { etag: (await store.get('claimed.json'))?.etag ?? '' });
      await store.remove('claimed.json', { etag: '"gone"' });
      expect(await store.get('claimed.json')).toBeUndefined();
    });

    it('says anew who may read an object, without changing it', async () => {
      const written = await store.create('tagged.json', 'x', { groups: ['web'] });
      await store.tag('tagged.json', ['web', 'api']);
      await store.tag('tagged.json', []);
      expect(await store.get('tagged.json')).toMatchObject({ body: 'x', etag: written?.etag });
    });

    it('lists what lies directly below a prefix, in order, with etags', async () => {
      const keys = ['listed/b.json', 'listed/a.json', 'listed/a b+ü.json', 'listed/deeper/c.json', 'listed/'];
      for (const key of [...keys, 'listed2/d.json']) await store.put(key, key);
      const listed = await store.list('listed/');
      expect(listed.map(({ key }) => key)).toEqual(['listed/a b+ü.json', 'listed/a.json', 'listed/b.json']);
      for (const { key, etag } of listed) expect((await store.get(key))?.etag).toBe(etag);
    });

    it('lists what lies at any depth below a prefix when asked to', async () => {
      const keys = ['nested/a.json', 'nested/x/1/b.pem', 'nested/x/2.pem'];
      for (const key of [...keys, 'nested2/c.json']) await store.put(key, key);
      expect((await store.list('nested/', { deep: true })).map(({ key }) => key)).toEqual(keys);
    });

    it('names the folders directly below a prefix, each once', async () => {
      const keys = ['folders/a.json', 'folders/x/1/b.pem', 'folders/x/2.pem', 'folders/y z/3.pem'];
      for (const key of [...keys, 'folders2/w/c.json']) await store.put(key, key);
      expect((await store.folders('folders/')).sort()).toEqual(['x', 'y z']);
      expect(await store.folders('none/')).toEqual([]);
    });

    it('lists more than one page of S3', async () => {
      const keys = Array.from({ length: 1001 }, (_, index) => `many/${String(index).padStart(4, '0')}.json`);
      for (let from = 0; from < keys.length; from += 50)
        await Promise.all(keys.slice(from, from + 50).map((key) => store.put(key, 'x')));
      expect((await store.list('many/')).map(({ key }) => key)).toEqual(keys);
    });
  });
}
