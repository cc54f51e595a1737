import { expect, it } from 'vitest';
import { IndexedReads } from '../../../lib/foundation/bucket/indexed-reads.ts';
import { emptyIndex, indexText } from '../../../lib/foundation/bucket/rules/bucket-index.ts';
import { isMeant } from '../../../lib/foundation/common/is-meant.ts';
import { isStale } from '../../../lib/issuance/renewal/rules/claim-record.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const NOW = new Date('2026-11-20T02:00:00Z');

it.each([
  ['2026-11-20T02:00:00Z', true],
  ['2026-11-20T02:14:59Z', true],
  ['2026-11-20T02:15:01Z', false],
  ['2038-01-19T03:14:07Z', false],
  ['never', false],
  ['', false],
])('a stored instant %j can be meant: %s', (instant, expected) => {
  expect(isMeant(instant, NOW)).toBe(expected);
});

it.each([900, 1e9, Number.MAX_VALUE])(
  'a claim of %d seconds ends after a quarter of an hour',
  (leaseSeconds) => {
    const after = (ms: number) => ({ modified: NOW, at: new Date(NOW.getTime() + ms) });
    expect(isStale({ leaseSeconds }, after(899_000))).toBe(false);
    expect(isStale({ leaseSeconds }, after(900_000))).toBe(true);
  },
);

it('the index forgets an instant to ask again at that no CA may ask for', async () => {
  const store = new MemoryStore(() => NOW);
  const askAgain = {
    far: '2038-01-19T03:14:07Z',
    near: '2026-11-20T08:00:00Z',
    past: '2026-11-19T00:00:00Z',
  };
  const known = { ...emptyIndex(), askAgain: new Map(Object.entries(askAgain)) };
  await store.put('index.json', indexText(known));
  const reads = await IndexedReads.open(store);
  reads.rememberAsked('new', '2026-11-21T01:00:00Z');
  await reads.save(store, NOW);
  expect(Object.keys(JSON.parse(store.text('index.json')).index.askAgain)).toEqual(['near', 'new']);
});
