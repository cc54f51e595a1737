import { afterAll, beforeAll } from 'vitest';
import { Route53Zones } from '../../lib/aws/route53-zones.ts';
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
