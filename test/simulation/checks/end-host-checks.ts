import { HostRecord } from '../../../lib/delivery/deployment/rules/host-record.ts';
import { HOSTS_PREFIX } from '../../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { hostsOf } from '../../../lib/scan/rules/judge-hosts.ts';
import { pointerOf } from '../world/stored.ts';
import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';

/** After the calm end: what is recorded of hosts is what they serve, and no host that is gone makes anything behind. */
export function checkEndOfHosts(world: World, breaches: Breaches): void {
  const records = world.bucket
    .keys(HOSTS_PREFIX)
    .flatMap((key) => orNone(world.bucket.get(key)?.body, HostRecord) ?? []);
  for (const name of world.files.keys()) {
    const pointer = pointerOf(world, name);
    if (!pointer) continue;
    const facts = {
      name,
      wanted: true,
      pointer,
      state: undefined,
      revocations: [],
      acm: undefined,
      region: 'eu-central-1',
      fleet: new Map(),
      records,
      now: new Date(world.scheduler.now),
    };
    for (const { instanceId, outcome, version, isLive } of hostsOf(facts)) {
      const host = world.fleet.hosts.get(instanceId);
      const what = `${instanceId} is recorded with ${name} ${version} (${outcome})`;
      if (!host && !isLive) breaches.report('end: no host that is gone stands behind', what);
      if (!host?.isOnline) continue;
      const isTold = ['served', 'unchanged'].includes(outcome);
      if (version !== host.served.get(name) || (isLive && !isTold))
        breaches.report('end: records say what hosts serve', `${what}, and serves ${host.served.get(name)}`);
    }
  }
}
