import { beforeEach, describe, expect, it } from 'vitest';
import { ListedOnce } from '../../../lib/foundation/bucket/listed-once.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { recordReads } from '../../fakes/recorded-reads.ts';

const VERSION = '20260101T000000Z-0a1b2c';
const KEYS = [
  'archive/Read Me.txt',
  `archive/a-b/${VERSION}/cert.pem`,
  `archive/a/${VERSION}/cert.pem`,
  `archive/a/${VERSION}/privkey.pem`,
  'live/a-b.json',
  'live/a.json',
  'live/a/cert.pem',
  'live/a/deeper/cert.pem',
  'live/ab/cert.pem',
  'state/a.json',
];
let store: MemoryStore;
let asked: string[];

beforeEach(async () => {
  store = new MemoryStore(() => new Date('2026-11-20T02:00:00Z'));
  for (const key of KEYS) await store.put(key, 'x');
  asked = recordReads(store);
});

describe('what is listed once', () => {
  it.each([
    ['archive/a/', true],
    ['archive/a/', false],
    [`archive/a/${VERSION}/`, false],
    ['archive/none/', true],
    ['archive/', false],
    ['live/', false],
    ['live/', true],
    ['live/a/', false],
    ['live/a/', true],
    ['live/a.jso', false],
    ['live/a.json', false],
    ['live/a', false],
    ['state/', false],
    ['state/a.jso', false],
  ])('is what the store lists below %s (deep: %s)', async (prefix, deep) => {
    const expected = await store.list(prefix, { deep });
    expect(await new ListedOnce(store).list(prefix, { deep })).toEqual(expected);
  });

  it('is the folders of the archive', async () => {
    const once = new ListedOnce(store);
    expect(await once.folders('archive/')).toEqual(['a-b', 'a']);
    expect(await once.folders('live/')).toEqual(await store.folders('live/'));
  });

  it('costs two lists, of pointers before that of the versions that they name', async () => {
    const once = new ListedOnce(store);
    await Promise.all(['archive/a/', 'archive/a-b/'].map((prefix) => once.list(prefix, { deep: true })));
    await once.folders('archive/');
    for (const prefix of ['live/', 'live/a/', 'live/a-b/']) await once.list(prefix);
    expect(asked).toEqual(['live/', 'archive/']);
  });

  it('reads what the store has', async () => {
    expect((await new ListedOnce(store).get('live/a.json'))?.body).toBe('x');
  });
});
