import { expect, it } from 'vitest';
import { Claim } from '../../../lib/issuance/renewal/claim.ts';
import { makeWorld } from './renewal-world.ts';

it('a claim that records TXT values again has to be cleaned again', async () => {
  const world = await makeWorld();
  const claim = await Claim.claim(world, 'shop', 'run-1');
  const record = {
    zoneId: 'Z1',
    name: '_acme-challenge.example.com',
    type: 'TXT' as const,
    values: ['"a"'],
    ttl: 60,
  };
  await claim.record({ records: [record] });
  claim.forget(record);
  expect(claim.leftOpen).toBe(false);
  expect(world.store.text('pending/shop.json')).toContain('_acme-challenge');
  await claim.record({ order: undefined });
  expect(claim.recorded.records).toEqual([]);
  expect(world.store.text('pending/shop.json')).not.toContain('_acme-challenge');
  await claim.record({ records: [{ ...record }, { ...record, values: ['"b"'] }] });
  expect(claim.recorded.records).toHaveLength(2);
});
