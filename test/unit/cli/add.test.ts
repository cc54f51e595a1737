import { describe, expect, it } from 'vitest';
import { putRenewalFile } from '../../../cli/commands/add.ts';
import { contested } from '../../fakes/contested-store.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const key = 'renewal/shop.json';

it('add writes a file where none is, and says whether it took the place of one', async () => {
  const store = new MemoryStore();
  expect(await putRenewalFile(store, { key, text: 'first', force: false })).toBe(false);
  await expect(putRenewalFile(store, { key, text: 'second', force: false })).rejects.toMatchObject({
    reason: 'renewal-file-exists',
  });
  expect(await putRenewalFile(store, { key, text: 'third', force: true })).toBe(true);
  expect(store.text(key)).toBe('third');
});

describe.each(['read', 'write'] as const)('a file that somebody writes around the %s', (at) => {
  it.each([
    ['none was', '', true],
    ['none was, and none is to be replaced', '', false],
    ['one was to be replaced', 'before', true],
  ])('is left alone where %s', async (_, before, force) => {
    const store = new MemoryStore();
    if (before !== '') await store.put(key, before);
    const late = contested(store, key, () => store.put(key, 'theirs'), { at });
    await expect(putRenewalFile(late, { key, text: 'mine', force })).rejects.toMatchObject({
      reason: 'renewal-file-exists',
    });
    expect(late.contests).toBe(1);
    expect(store.text(key)).toBe('theirs');
  });
});
