import type { Bucket } from '../services/bucket.ts';
import type { EventBridge } from '../services/event-bridge.ts';
import { Fleet } from '../services/fleet.ts';

type FleetParts = Omit<ConstructorParameters<typeof Fleet>[0], 'bucket' | 'tellStatus'>;

/** The hosts, whose commands end in events on the default bus. */
export function makeFleet({ bucket, bus }: { bucket: Bucket; bus: EventBridge }, parts: FleetParts): Fleet {
  return new Fleet({
    ...parts,
    bucket,
    tellStatus: (detail) =>
      bus.deliver('confirm', {
        'detail-type': 'EC2 Command Invocation Status-change Notification',
        detail,
      }),
  });
}
