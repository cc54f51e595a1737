import { describeObjectStoreContract } from '../../contract/object-store.ts';
import { describeZonesContract } from '../../contract/zones.ts';
import { Calls } from '../../simulation/engine/calls.ts';
import { Faults } from '../../simulation/engine/faults.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { Streams } from '../../simulation/engine/random.ts';
import { Scheduler } from '../../simulation/engine/scheduler.ts';
import { Trace } from '../../simulation/engine/trace.ts';
import { Bucket } from '../../simulation/services/bucket.ts';
import { storeFor } from '../../simulation/services/bucket-port.ts';
import { Route53, zonesFor } from '../../simulation/services/route53.ts';

/** A quiet world in which every call of a port lets its own time pass. */
function quietWorld() {
  const streams = new Streams(1n);
  const scheduler = new Scheduler(Date.parse('2026-11-20T00:00:00Z'));
  const faults = new Faults(streams, { heaviness: 'none' });
  const trace = new Trace(() => scheduler.now);
  const random = streams.of('calls');
  const calls = new Calls({ scheduler, faults, trace, random, isDown: () => false, kill: () => {} });
  return { scheduler, faults, random, calls, invocation: new Invocation('test', 'test', 0) };
}

function passingTime<Port extends object>(port: Port, scheduler: Scheduler): Port {
  const calls = Object.entries(port).map(([name, call]) => {
    const passing = (...given: unknown[]) => {
      const answer = call(...given);
      void scheduler.runUntil(scheduler.now + 10_000);
      return answer;
    };
    return [name, passing];
  });
  return Object.fromEntries(calls);
}

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
