import { expect, it } from 'vitest';
import type { Assessment } from '../../../lib/scan/context.ts';
import { pinsEnded, removeEndedPins } from '../../../lib/scan/end-pins.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const VERSION = '20260101T000000Z-0a1b2c';
const ended = (name: string, etag = '"any"') =>
  ({ planned: { name }, pinEnded: { version: VERSION, etag, why: `${VERSION} was revoked` } }) as Assessment;
const pinned = { planned: { name: 'held' } } as Assessment;

it('a pin that has ended is told, with its version and why, and no other', () => {
  expect(pinsEnded([pinned, ended('shop')])).toEqual([
    {
      type: 'Certificate Pin Ended',
      detail: {
        name: 'shop',
        version: VERSION,
        reason: 'pin-ended',
        message: `${VERSION} was revoked, so the pin on it has ended`,
      },
    },
  ]);
});

it('pins that have ended are removed as they were read, and one that cannot be is told and stops no other', async () => {
  const store = new MemoryStore();
  for (const name of ['shop', 'blog', 'held', 'changed']) await store.put(`pins/${name}.json`, name);
  const etagOf = async (name: string) => (await store.get(`pins/${name}.json`))?.etag;
  const failing = {
    remove: async (key: string, options?: { etag?: string }) => {
      if (key === 'pins/shop.json') throw new Error('no');
      await store.remove(key, options);
    },
  };
  const warned: unknown[] = [];
  const all = [ended('shop'), pinned, ended('blog', await etagOf('blog')), ended('changed', '"before"')];
  await removeEndedPins(failing, all, (error) => void warned.push(error));
  expect(store.keys()).toEqual(['pins/changed.json', 'pins/held.json', 'pins/shop.json']);
  expect(warned).toEqual([new Error('no')]);
});
