import { describeObjectStoreContract } from '../../contract/object-store.ts';
import { describeZonesContract } from '../../contract/zones.ts';
import { Bucket } from '../../simulation/services/bucket.ts';
import { storeFor } from '../../simulation/services/bucket-port.ts';
import { Route53, zonesFor } from '../../simulation/services/route53.ts';
import { passingTime, quietWorld } from './quiet-world.ts';

describeObjectStoreContract('the simulated bucket', async () => {
  const { scheduler, calls, invocation } = quietWorld();
  return passingTime(storeFor(invocation, { bucket: new Bucket(scheduler), calls }), scheduler);
});

describeZonesContract('the simulated Route 53', async (...names) => {
  const { scheduler, faults, random, calls, invocation } = quietWorld();
  const route53 = new Route53({ scheduler, faults, random });
  for (const name of names) route53.create(name);
  return passingTime(zonesFor(invocation, { route53, calls }), scheduler);
});
