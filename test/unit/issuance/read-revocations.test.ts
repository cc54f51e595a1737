import { expect, it } from 'vitest';
import {
  findRevocations,
  knownOf,
  parseRevocations,
  readRevocations,
} from '../../../lib/issuance/revocation/read-revocations.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const revocation = {
  version: '20261120T020000Z-0a1b2c',
  serial: '0a',
  keyFingerprint: 'f',
  reason: 'superseded',
  askedAt: '2026-11-20T02:00:00Z',
};
const sound = JSON.stringify({ versions: [revocation] });
const of = async (body: string | undefined) => {
  const store = new MemoryStore();
  if (body !== undefined) await store.put('revoked/shop.json', body);
  return { found: await findRevocations(store, 'shop'), read: await readRevocations(store, 'shop') };
};

it.each([
  ['none', undefined, [], []],
  ['those of the record', sound, [revocation], [revocation]],
  ['unreadable, and none for a renewal, which goes on', '{', 'unreadable', []],
  ['unreadable where the record has none', '{}', 'unreadable', []],
])('revocations are %s', async (_, body, found, read) => {
  expect(await of(body)).toEqual({ found, read });
});

it('revocations that are known are those that could be read', () => {
  expect(knownOf('unreadable')).toEqual([]);
  expect(knownOf([])).toEqual([]);
});

it('revocations of which none may be missed are an error where they cannot be read', () => {
  expect(parseRevocations('shop', undefined)).toEqual([]);
  expect(parseRevocations('shop', sound)).toEqual([revocation]);
  expect(() => parseRevocations('shop', '{')).toThrow(
    expect.objectContaining({
      reason: 'revocations-malformed',
      message: expect.stringContaining('revoked/shop.json'),
    }),
  );
});
