import type { HostOptions } from './host-options.ts';
import type { Hosts } from './hosts.ts';

const NGINXES = 10;

/** Starts many hosts with a few Nginxes. Hosts whose ids follow each other, and which so run at the same time, have another one each. */
export async function startLargeFleet(hosts: Hosts, fleet: HostOptions[]): Promise<void> {
  const sorted = fleet.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (let nginx = 0; nginx < NGINXES; nginx += 1)
    await hosts.startFleet(sorted.filter((_, index) => index % NGINXES === nginx));
}
