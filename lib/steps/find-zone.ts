import { isAtOrBelow, selfAndAncestors } from '../core/domain-name.ts';
import { type HostedZone, settleZone, zonesFor } from '../core/hosted-zones.ts';
import { InputError } from '../core/input-error.ts';
import type { Resolver } from '../ports/resolver.ts';
import type { Zones } from '../ports/zones.ts';

/** Finds the hosted zone that answers for a name in the public DNS; throws an InputError that says what to do. */
export type FindZone = (name: string) => Promise<HostedZone>;

/** A finder over the account's zones that asks the DNS each question once. */
export function zoneFinder(
  deps: { zones: Zones; resolver: Resolver },
  listed: readonly HostedZone[],
): FindZone {
  const serversOf = once((name: string) => publicServers(deps.resolver, name));
  const settle = once((name: string) => settleByDns(deps.zones, zonesFor(name, listed), serversOf));
  return async (name) => {
    const [{ name: zoneName }] = zonesFor(name, listed);
    const zone = await settle(zoneName);
    await refuseDelegated(name, zone, serversOf);
    return zone;
  };
}

type ServersOf = (name: string) => Promise<string[]>;

async function settleByDns(
  zones: Zones,
  candidates: readonly [HostedZone, ...HostedZone[]],
  serversOf: ServersOf,
): Promise<HostedZone> {
  const [only, ...others] = candidates;
  if (others.length === 0) return only;
  const known = candidates.map(async (zone) => ({ zone, nameServers: await zones.nameServers(zone.id) }));
  return settleZone(await Promise.all(known), await serversOf(only.name));
}

/** Below a delegation the zone's records are not seen by anyone (RFC 1034, 4.2.1). */
async function refuseDelegated(name: string, zone: HostedZone, serversOf: ServersOf): Promise<void> {
  const below = selfAndAncestors(name).filter(
    (label) => label !== zone.name && isAtOrBelow(label, zone.name),
  );
  const servers = await Promise.all(below.map(serversOf));
  const cut = servers.findIndex((found) => found.length > 0);
  if (cut < 0) return;
  throw new InputError(
    'delegated-elsewhere',
    `${below[cut]} is delegated to ${servers[cut]?.join(', ')}, away from hosted zone ${zone.name} (${zone.id}); create a hosted zone for it in this account, or let the challenge name be a CNAME to a name that you can write`,
  );
}

async function publicServers(resolver: Resolver, name: string): Promise<string[]> {
  const servers = await resolver.nameServers(name);
  // At an alias the answer is about where it leads.
  if (servers.length === 0 || (await resolver.cname(name)) !== undefined) return [];
  return [...new Set(servers.map(({ server }) => server.toLowerCase().replace(/\.$/, '')))].sort();
}

function once<Answer>(ask: (name: string) => Promise<Answer>): (name: string) => Promise<Answer> {
  const asked = new Map<string, Promise<Answer>>();
  return (name) => {
    const answer = asked.get(name) ?? ask(name);
    asked.set(name, answer);
    return answer;
  };
}
