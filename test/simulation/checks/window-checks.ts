import { HostRecord, runOf } from '../../../lib/delivery/deployment/rules/host-record.ts';
import { openingOf } from '../../../lib/delivery/deployment/rules/opening.ts';
import { hostKey, revokedKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { HOUR } from '../engine/durations.ts';
import { FUNCTIONS } from '../functions/functions.ts';
import { certificateOf } from '../world/stored.ts';
import type { Parts } from './parts.ts';

/** No host that has something good is sent anything while its group is not to be touched. */
export function checkWindows({ world, breaches }: Parts): void {
  const { scheduler, settings } = world;
  world.fleet.onSend.push(({ group, names, instanceIds }, skewMs) => {
    const times = settings.hostGroups.find((one) => one.name === group.name) ?? {};
    // A run decides by the settings, and by the clock, that it began with.
    const isClosed = [0, HOUR].every((ago) => !openingOf(times, new Date(scheduler.now - ago)).isOpen);
    if (!isClosed || JSON.stringify(times) !== JSON.stringify(group) || skewMs !== 0) return;
    world.trace.met('sent outside of a window');
    for (const id of instanceIds) {
      const record = orNone(world.bucket.get(hostKey(id))?.body, HostRecord);
      for (const name of names) {
        const { version, at = '' } = runOf(record, name) ?? {};
        const issued = version === undefined ? undefined : certificateOf(world, name, version);
        if (!issued || world.bucket.get(revokedKey(name))) continue;
        // Another run of a message that came twice sent it meanwhile; this one decided before.
        if (scheduler.now - Date.parse(at) < FUNCTIONS.deploy.limitMs) continue;
        const lastSixth = issued.notAfter - (issued.notAfter - issued.notBefore) / 6;
        if (scheduler.now < lastSixth)
          breaches.report('window-broken', `${id} of ${group.name} was sent ${name}, and has ${version}`);
      }
    }
  });
}
