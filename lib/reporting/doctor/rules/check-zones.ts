import { isAtOrBelow } from '../../../foundation/certificate/domain-name.ts';
import { InputError } from '../../../foundation/common/input-error.ts';
import { isOfKind, remedyOf } from '../../../foundation/reasons/reasons.ts';
import { type HostedZone, settleZone } from '../../../issuance/dns/rules/hosted-zones.ts';
import type { IdentifierFacts, PlaceFacts, PlaceZone } from './facts.ts';
import {
  type Answer,
  failing,
  foundOr,
  isLame,
  ok,
  type Result,
  type Trouble,
  troublesOr,
  unseen,
  warning,
} from './finding.ts';

/** The zone of a place: of several with the same name the one that the public DNS names. */
export function zoneOf(place: Pick<PlaceFacts, 'zones' | 'publicServers'>): Answer<PlaceZone> {
  const { zones, publicServers } = place;
  if ('trouble' in zones) return zones;
  const [only, ...others] = zones.found;
  if (only && others.length === 0) return { found: only };
  if ('trouble' in publicServers && !isLame(publicServers.trouble)) return publicServers;
  try {
    const zone = settleZone(zones.found, foundOr(publicServers, []));
    const nameServers = zones.found.find((candidate) => candidate.zone === zone)?.nameServers ?? [];
    return { found: { zone, nameServers } };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { trouble: error };
  }
}

/** A public hosted zone of its account holds every name. */
export function checkZones(identifiers: readonly IdentifierFacts[]): Result[] {
  const zones = identifiers.map(({ start }) => zoneOf(start));
  const troubles = zones.flatMap((zone) => ('trouble' in zone ? zoneTrouble(zone.trouble) : []));
  if (troubles.length > 0) return troubles;
  const found = zones.flatMap((zone) => ('found' in zone ? describe(zone.found.zone) : []));
  return [ok('zone', [...new Set(found)].join(', '))];
}

function zoneTrouble(trouble: Trouble): Result {
  const { reason, seen, remedy } = trouble;
  if (!isOfKind(reason, 'without-zone')) return unseen('zone', trouble);
  return failing('zone', seen, remedy || remedyOf(reason).words);
}

/** The public DNS leads to the very servers that Route 53 gave the zone; those of a recreated zone are new ones. */
export function checkDelegation(identifiers: readonly IdentifierFacts[]): Result[] {
  const results = identifiers.flatMap(({ end }) => {
    const zone = zoneOf(end);
    return 'found' in zone ? judgeDelegation(zone.found, end.publicServers) : [];
  });
  return troublesOr(results);
}

function judgeDelegation({ zone, nameServers }: PlaceZone, asked: PlaceFacts['publicServers']): Result {
  const remedy = `set ${nameServers.join(', ')} as its name servers at the registrar, or as NS in the zone above; a zone that was created again has new ones`;
  if ('trouble' in asked) {
    if (!isLame(asked.trouble)) return unseen('delegation', asked.trouble);
    const seen = `the public DNS leads for ${zone.name} to name servers that do not answer for it (${asked.trouble.code})`;
    return failing('delegation', seen, remedy);
  }
  const seen = asked.found;
  if (seen.length === 0)
    return failing('delegation', `the public DNS knows no name servers of ${zone.name}`, remedy);
  const common = seen.filter((server) => nameServers.includes(server));
  const says = `the public DNS names ${seen.join(', ')} for ${zone.name}`;
  if (common.length === 0)
    return failing('delegation', `${says}, none of them a server of ${describe(zone)}`, remedy);
  if (common.length < seen.length || common.length < nameServers.length)
    return warning('delegation', `${says}, not all and only those of ${describe(zone)}`, remedy);
  return ok('delegation', `the public DNS names the ${common.length} servers of ${describe(zone)}`);
}

/** A zone's own records below an NS record are invisible (RFC 1034, 4.2.1). */
export function checkSubZones(identifiers: readonly IdentifierFacts[]): Result[] {
  const results = identifiers.flatMap(({ end }): Result | Result[] => {
    const zone = zoneOf(end);
    if ('trouble' in zone) return [];
    if ('trouble' in end.records) return unseen('sub-zone', end.records.trouble);
    const own = zone.found.zone;
    const cuts = end.records.found.filter(
      ({ type, name }) => type === 'NS' && name !== own.name && isAtOrBelow(end.name, name),
    );
    return cuts.map(({ name, values }) => {
      const servers = values.map((value) => value.replace(/\.$/, '')).join(', ');
      const remedy = `create a hosted zone for ${name} in this account, or let ${end.name} be there a CNAME to a name that you can write`;
      return failing('sub-zone', `${name} is delegated to ${servers}, away from ${describe(own)}`, remedy);
    });
  });
  if (results.length > 0) return results;
  const known = identifiers.some(({ end }) => 'found' in zoneOf(end));
  return known ? [ok('sub-zone', 'nothing between the zone and the challenge names is delegated away')] : [];
}

export function describe({ id, name }: HostedZone): string {
  return `hosted zone ${name} (${id})`;
}
