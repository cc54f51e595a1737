import { beforeEach, describe, expect, it } from 'vitest';
import { updateObject } from '../../../lib/foundation/bucket/update-object.ts';
import { contested } from '../../fakes/contested-store.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const KEY = 'state/shop.json';
let store: MemoryStore;
let writes: number;

beforeEach(() => {
  store = new MemoryStore();
  writes = 0;
  store.beforeWrite = () => {
    writes += 1;
  };
});

const add = (word: string) => (text: string | undefined) => ({
  body: [text, word].filter(Boolean).join(' '),
});

describe('what several workers write together', () => {
  it('is made where it is not there, and changed where it is; the change is returned', async () => {
    expect(await updateObject(store, KEY, () => ({ body: 'one', said: 1 }))).toEqual({
      body: 'one',
      said: 1,
    });
    expect(await updateObject(store, KEY, add('two'))).toEqual({ body: 'one two' });
    expect(store.text(KEY)).toBe('one two');
    expect(writes).toBe(2);
  });

  it('is not written where nothing changes', async () => {
    await store.put(KEY, 'same');
    await updateObject(store, KEY, (text) => ({ body: text }));
    expect(writes).toBe(1);
  });

  it('is not read again where it was read before, unless somebody has written it since', async () => {
    await store.put(KEY, 'start');
    const before = await store.get(KEY);
    let reads = 0;
    const counted = contested(store, KEY, () => (reads += 1), { at: 'read' });
    await updateObject(counted, KEY, add('mine'), before);
    expect([store.text(KEY), reads]).toEqual(['start mine', 0]);
    await updateObject(counted, KEY, add('late'), before);
    expect([store.text(KEY), reads]).toEqual(['start mine late', 1]);
    await updateObject(store, KEY, () => ({ body: undefined }), before);
    expect(store.text(KEY)).toBe('start mine late');
    await updateObject(store, KEY, () => ({ body: undefined }), await store.get(KEY));
    expect(store.keys()).toEqual([]);
  });

  it('has the changes of both, whoever comes first', async () => {
    await store.put(KEY, 'start');
    for (const at of ['read', 'write'] as const) {
      const late = contested(store, KEY, () => updateObject(store, KEY, add(`theirs-${at}`)), { at });
      await updateObject(late, KEY, add(`mine-${at}`));
    }
    expect(store.text(KEY)).toBe('start theirs-read mine-read theirs-write mine-write');
  });

  it('has the changes of both where both make it', async () => {
    const late = contested(store, KEY, () => updateObject(store, KEY, add('theirs')));
    await updateObject(late, KEY, add('mine'));
    expect(store.text(KEY)).toBe('theirs mine');
  });

  const gone = { body: undefined, said: 'gone' };

  it('is removed where the change leaves nothing', async () => {
    await store.put(KEY, 'old');
    expect(await updateObject(store, KEY, () => gone)).toEqual(gone);
    expect(store.keys()).toEqual([]);
  });

  it('is not removed where it was never there', async () => {
    const asked: string[] = [];
    const remove = async (key: string) => void asked.push(key);
    const without = { get: async () => undefined, create: store.create, replace: store.replace, remove };
    expect(await updateObject(without, KEY, () => gone)).toEqual(gone);
    expect(asked).toEqual([]);
  });

  it('is not removed where another has written it meanwhile', async () => {
    await store.put(KEY, 'old');
    const late = contested(store, KEY, () => store.put(KEY, 'theirs'));
    await updateObject(late, KEY, () => gone);
    expect(store.text(KEY)).toBe('theirs');
  });

  it.each([
    [KEY, 'state/shop.json kept changing'],
    ['acm/shop.json', 'acm/shop.json kept changing; the next scan compares again'],
    ['groups/web.json', 'groups/web.json kept changing; the next scan compares again'],
    ['hosts/i-1.json', 'hosts/i-1.json kept changing; the next scan compares again'],
  ])('is given up after eight tries, with what comes of it: %s', async (key, message) => {
    let tries = 0;
    const changing = updateObject(store, key, async () => {
      tries += 1;
      await store.put(key, `theirs ${tries}`);
      return { body: 'mine' };
    });
    await expect(changing).rejects.toMatchObject({
      name: 'StoreError',
      reason: 'store-unavailable',
      message,
    });
    expect(tries).toBe(8);
    expect(store.text(key)).toBe('theirs 8');
  });
});
