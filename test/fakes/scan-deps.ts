import { nodeRuntime } from '../../lib/adapters/node/runtime.ts';
import type { ScanDeps } from '../../lib/scan/context.ts';
import { FakeHosts } from './fake-hosts.ts';
import { FakeResolver } from './fake-resolver.ts';
import { FakeZones } from './fake-zones.ts';
import { RecordedEvents } from './recorded-events.ts';
import { stackOf } from './stack.ts';

/** What a scan reaches beside the bucket: the zone `example.com`, no hosts, and a CA that says nothing of renewals. */
export function scanDeps(given: Pick<ScanDeps, 'store'> & Partial<ScanDeps>): ScanDeps {
  const zones = new FakeZones('example.com');
  return {
    hosts: new FakeHosts(),
    events: new RecordedEvents(),
    stack: stackOf(),
    zonesOf: () => zones,
    resolver: new FakeResolver(zones),
    caaIssuer: async () => ({ identity: 'ca.test' }),
    describeAccount: async () => undefined,
    askRenewalInfo: async () => undefined,
    runtime: nodeRuntime,
    ...given,
  };
}
