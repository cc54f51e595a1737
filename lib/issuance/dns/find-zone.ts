import { isAtOrBelow, selfAndAncestors } from '../../foundation/certificate/domain-name.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { once } from '../../foundation/common/once.ts';
import { DnsError, type Resolver } from './resolver.ts';
import { type HostedZone, settleZone, zonesFor } from './rules/hosted-zones.ts';
import type { Zones } from './zones.ts';

/** Finds the hosted zone that answers for a name in the public DNS; throws an InputError that says what to do. */
export type FindZone = (name: string) => Promise<HostedZone>;

/** A finder over the account's zones that asks the DNS each question once. */
export function zoneFinder(
  { zones, resolver }: { zones: Zones; resolver: Resolver },
  listed: readonly HostedZone[],
): FindZone {
  const serversOf = once((name: string) => publicServers(resolver, name));
  const settle = once(async (zoneName: string) => {
    const candidates = zonesFor(zoneName, listed);
    if (candidates.length === 1) return candidates[0];
    const known = candidates.map(async (zone) => ({ zone, nameServers: await zones.nameServers(zone.id) }));
    const named = serversOf(zoneName).catch(noneIfDnsFails);
    return settleZone(await Promise.all(known), await named);
  });
  return async (name) => {
    const zone = await settle(zonesFor(name, listed)[0].name);
    await refuseDelegated(name, zone, { zones, serversOf });
    return zone;
  };
}

/** Servers that do not answer count as none: the error that follows from that says more than theirs. */
function noneIfDnsFails(error: unknown): readonly string[] {
  if (error instanceof DnsError) return [];
  throw error;
}

/** Nobody sees the zone's records below a delegation (RFC 1034, 4.2.1). */
async function refuseDelegated(
  name: string,
  zone: HostedZone,
  { zones, serversOf }: { zones: Zones; serversOf: (name: string) => Promise<readonly string[]> },
): Promise<void> {
  const below = selfAndAncestors(name).filter(
    (label) => label !== zone.name && isAtOrBelow(label, zone.name),
  );
  try {
    for (const label of below) refuseServers(label, await serversOf(label), zone);
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
    // The delegated servers do not answer; the delegation itself is in our zone.
    const records = (await zones.records(zone.id)).filter(({ type }) => type === 'NS');
    for (const { name: label, values } of records)
      if (below.includes(label)) refuseServers(label, values, zone);
    throw error;
  }
}

function refuseServers(label: string, servers: readonly string[], zone: HostedZone): void {
  if (servers.length === 0) return;
  const names = servers.map((server) => server.replace(/\.$/, '')).join(', ');
  throw new InputError('delegated-elsewhere', {
    seen: `${label} is delegated to ${names}, away from hosted zone ${zone.name} (${zone.id})`,
    remedy: 'create a hosted zone for it, or let the challenge name be a CNAME to a name that you can write',
  });
}

async function publicServers(resolver: Resolver, name: string): Promise<readonly string[]> {
  const servers = await resolver.ns(name);
  // At an alias the answer is its target's.
  return servers.length === 0 || (await resolver.cname(name)) !== undefined ? [] : servers;
}
