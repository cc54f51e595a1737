import { expect, it } from 'vitest';
import { Claim } from '../../../lib/issuance/renewal/claim.ts';
import { makeWorld } from './renewal-world.ts';

it('a claim that records TXT values again has to be cleaned again', async () => {
  const claim = await Claim.claim(await makeWorld(), 'shop', 'run-1');
  const record = {
    zoneId: 'Z1',
    name: '_acme-challenge.example.com',
    type: 'TXT' as const,
    values: ['"a"'],
    ttl: 60,
  };
  await claim.record({ records: [record] });
  claim.cleaned = true;
  await claim.record({ order: undefined });
  expect(claim.cleaned).toBe(true);
  await claim.record({ records: [record, { ...record, values: ['"b"'] }] });
  expect(claim.cleaned).toBe(false);
});
