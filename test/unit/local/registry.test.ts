import { expect, it } from 'vitest';
import { Registry } from '../../../local/dns/registry.ts';

it('finds the zone that a delegation means among two that share a name server', () => {
  const zone = (id: string, nameServers: string[]) => ({
    id,
    name: 'twice.test.',
    nameServers,
    recordSets: () => new Map(),
  });
  const zones = [zone('first', ['ns1.', 'ns2.']), zone('second', ['ns2.', 'ns3.'])];
  const registry = new Registry({ zones: () => zones });
  expect(registry.zoneAt('twice.test.', ['ns2.', 'ns3.'])?.id).toBe('second');
  expect(registry.zoneAt('twice.test.', ['ns4.'])).toBeUndefined();
});
