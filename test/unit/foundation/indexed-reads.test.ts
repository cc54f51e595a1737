import { beforeEach, describe, expect, it } from 'vitest';
import { IndexedReads } from '../../../lib/foundation/bucket/indexed-reads.ts';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { recordReads } from '../../fakes/recorded-reads.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const later = (hours: number) => new Date(NOW.getTime() + hours * 3_600_000);
const KEYS = ['renewal/a.json', 'state/a.json', 'live/a.json', 'hosts/i-1.json', 'acm/a.json'];
let store: MemoryStore;
let asked: string[];

beforeEach(async () => {
  store = new MemoryStore(() => NOW);
  for (const key of KEYS) await store.put(key, `{"at": "${key}"}`);
  asked = recordReads(store);
});

async function readAll(options = {}, keys = KEYS): Promise<IndexedReads> {
  const reads = await IndexedReads.open(store, options);
  await Promise.all(keys.map((key) => reads.get(key)));
  await reads.save(store, NOW);
  return reads;
}

describe('reads with an index', () => {
  it('read each object once, and then only list', async () => {
    await readAll();
    expect(asked.filter((key) => KEYS.includes(key)).sort()).toEqual([...KEYS].sort());
    asked.length = 0;
    await readAll();
    expect(asked).toEqual(['index.json', 'renewal/', 'state/', 'live/', 'hosts/', 'acm/']);
  });

  it('give what the store gives', async () => {
    const before = await store.get('live/a.json');
    const reads = await readAll().then(() => IndexedReads.open(store));
    expect(await reads.get('live/a.json')).toEqual({ ...before, body: '{"at":"live/a.json"}' });
    expect(await reads.get('live/none.json')).toBeUndefined();
    expect(await reads.list('live/')).toEqual(await store.list('live/'));
  });

  it('read again what changed, and forget what is gone', async () => {
    await readAll();
    await store.put('state/a.json', '{"failures":1}');
    await store.remove('live/a.json');
    asked.length = 0;
    const reads = await readAll();
    expect((await reads.get('state/a.json'))?.body).toBe('{"failures":1}');
    expect(asked.filter((key) => KEYS.includes(key))).toEqual(['state/a.json']);
    expect(Object.keys(JSON.parse(store.text('index.json')).index.objects)).not.toContain('live/a.json');
  });

  it.each(['{', '[]', '{"form":1,"objects":{"live/a.json":["x"]}}'])(
    'read everything where the index is %s, and write it anew',
    async (index) => {
      await store.put('index.json', index);
      await readAll();
      expect(asked.filter((key) => KEYS.includes(key))).toHaveLength(5);
      expect(Object.keys(JSON.parse(store.text('index.json')).index.objects)).toHaveLength(5);
    },
  );

  it('believe nothing of one that somebody has changed', async () => {
    await readAll();
    const lie = store.text('index.json').replace('at\\":\\"live/a.json', 'at\\":\\"a lie');
    expect(lie).toContain('a lie');
    await store.put('index.json', lie);
    const reads = await readAll();
    expect((await reads.get('live/a.json'))?.body).toBe('{"at":"live/a.json"}');
    expect(store.text('index.json')).not.toContain('a lie');
  });

  it('go on without an index that cannot be read', async () => {
    const { get } = store;
    const denied = new StoreError('store-access-denied', 'could not read index.json');
    store.get = async (key) => (key === 'index.json' ? Promise.reject(denied) : get.call(store, key));
    const warned: unknown[] = [];
    const reads = await IndexedReads.open(store, { warn: (error) => warned.push(error) });
    expect((await reads.get('live/a.json'))?.body).toContain('live/a.json');
    expect(warned).toEqual([denied]);
  });

  it('write nothing where nothing changed', async () => {
    await readAll();
    store.beforeWrite = (key) => expect.fail(`wrote ${key}`);
    await readAll();
  });

  it('remember until when a CA is not asked, and forget it after', async () => {
    const reads = await IndexedReads.open(store);
    reads.rememberAsked('aki.1', later(2).toISOString());
    reads.rememberAsked('aki.2', later(-2).toISOString());
    await reads.save(store, NOW);
    const next = await IndexedReads.open(store, { sweeps: true });
    expect(next.askAgain('aki.1')).toBe(later(2).toISOString());
    expect(next.askAgain('aki.2')).toBeUndefined();
  });

  it('leave everything else to the store', async () => {
    await store.put('live/a/cert.pem', 'PEM');
    const reads = await IndexedReads.open(store);
    expect((await reads.get('live/a/cert.pem'))?.body).toBe('PEM');
    expect((await reads.list('live/', { deep: true })).map(({ key }) => key)).toContain('live/a/cert.pem');
    await reads.save(store, NOW);
    expect(store.text('index.json')).toBe('');
  });

  it('are saved meanwhile, so that a check that ran out of time is resumed', async () => {
    const many = Array.from({ length: 20_001 }, (_, index) => `state/n${index}.json`);
    await readAll();
    for (const key of many) await store.put(key, '{}');
    const reads = await IndexedReads.open(store, { saves: store });
    for (const key of many) await reads.get(key);
    asked.length = 0;
    await readAll({}, [...KEYS, ...many]);
    expect(asked.filter((key) => key.startsWith('state/n'))).toEqual(['state/n20000.json']);
    expect(asked).not.toContain('live/a.json');
  });

  it('are not saved meanwhile where nothing may be written, and go on where that fails', async () => {
    const many = Array.from({ length: 20_001 }, (_, index) => `archive/n${index}.json`);
    const denied = new StoreError('store-access-denied', 'could not write index.json');
    store.beforeWrite = () => {
      throw denied;
    };
    const warned: unknown[] = [];
    for (const saves of [undefined, store]) {
      const reads = await IndexedReads.open(store, { saves, warn: (error) => warned.push(error) });
      for (const key of many) expect(await reads.get(key)).toBeUndefined();
    }
    expect(warned).toEqual([denied]);
  });
});
