import { ChangeResourceRecordSetsCommand, type RRType } from '@aws-sdk/client-route-53';
import type { World } from '../faults/world.ts';

/** A record set. */
export interface Put {
  zone: 'example.com' | 'example.net';
  name: string;
  type: RRType;
  values: string[];
  /** in seconds */
  ttl?: number;
}

/** Puts record sets there, and removes them when the work is done. */
export async function whileThere(world: World, sets: Put[], work: () => Promise<string>): Promise<string> {
  const send = async (Action: 'CREATE' | 'DELETE') => {
    for (const { zone, name, type, values, ttl = 1 } of sets) {
      const ResourceRecords = values.map((Value) => ({ Value }));
      const ResourceRecordSet = { Name: name, Type: type, TTL: ttl, ResourceRecords };
      const ChangeBatch = { Changes: [{ Action, ResourceRecordSet }] };
      await world.line.route53.send(
        new ChangeResourceRecordSetsCommand({ HostedZoneId: world.line.zoneId(zone), ChangeBatch }),
      );
    }
  };
  await send('CREATE');
  try {
    return await work();
  } finally {
    await send('DELETE');
  }
}
