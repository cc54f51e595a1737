import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Route53Zones } from '../../lib/adapters/aws/route53-zones.ts';
import { describeZonesContract } from '../contract/zones.ts';
import { type LocalRoute53, startLocalRoute53 } from './local-route53.ts';

let local: LocalRoute53;

beforeAll(async () => {
  local = await startLocalRoute53();
});
afterAll(() => local?.stop());

describeZonesContract('Route 53', async (...names) => {
  for (const name of names) await local.createZone(name);
  return new Route53Zones(local.client);
});

describe('a change while another one of the zone is being processed', () => {
  it('waits and goes through, for many at once', async () => {
    await local.createZone('busy.test');
    const zones = new Route53Zones(local.client);
    const zoneId = (await zones.list()).find(({ name }) => name === 'busy.test')?.id ?? '';
    local.route53.setProcessing(60);
    const names = Array.from({ length: 4 }, (_, index) => `n${index}.busy.test`);
    const create = (name: string) => ({
      action: 'CREATE' as const,
      set: { name, type: 'TXT' as const, ttl: 60, values: ['"x"'] },
    });
    await Promise.all(names.map((name) => zones.change(zoneId, [create(name)])));
    local.route53.setProcessing(0);
    for (const name of names)
      expect((await zones.read(zoneId, { name, type: 'TXT' }))?.values).toEqual(['"x"']);
  });
});
