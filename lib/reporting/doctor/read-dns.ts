import { challengeName, selfAndAncestors } from '../../foundation/certificate/domain-name.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { once } from '../../foundation/common/once.ts';
import { oneLine } from '../../foundation/common/one-line.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { findCaa } from '../../issuance/caa/find-caa.ts';
import { cnamePath } from '../../issuance/dns/follow-cnames.ts';
import { DnsError, type Resolver } from '../../issuance/dns/resolver.ts';
import { type FoundRecord, type HostedZone, zonesFor } from '../../issuance/dns/rules/hosted-zones.ts';
import { persistName } from '../../issuance/dns/rules/persist-record.ts';
import { standingTxt } from '../../issuance/dns/rules/persist-records.ts';
import { wildcardFor } from '../../issuance/dns/rules/wildcards.ts';
import type { LookAt } from '../../issuance/dns/standing.ts';
import type { Zones } from '../../issuance/dns/zones.ts';
import { zoneOf } from './rules/check-zones.ts';
import type { IdentifierFacts, PlaceFacts } from './rules/facts.ts';
import { type Answer, foundOr } from './rules/finding.ts';

/** The answer, or why there is none: one question without an answer does not hold up the others. */
export async function answerOf<Found>(question: Promise<Found>): Promise<Answer<Found>> {
  try {
    return { found: await question };
  } catch (error) {
    const { reason, message } = describeError(error);
    if (!(error instanceof PerennialError)) return { trouble: { reason, seen: message, remedy: '' } };
    // An error may quote what AWS, a CA or an object says, of any length and with control characters.
    const { seen, remedy } = error;
    const code = error instanceof DnsError ? { code: error.code } : {};
    return { trouble: { reason, seen: oneLine(seen, 1000), remedy: oneLine(remedy, 1000), ...code } };
  }
}

/** Reads names in Route 53 and in the public DNS; asks each question once for all certificates. */
export function dnsReader(
  zones: Pick<Zones, 'list' | 'nameServers' | 'records'>,
  resolver: Pick<Resolver, 'ns' | 'cname' | 'caa' | 'txt'>,
) {
  const listed = zones.list();
  // Every reader of the list gets the error; until one asks, it must not end the process as unhandled.
  listed.catch(() => undefined);
  const dns = {
    ns: once((zone: string) => resolver.ns(zone)),
    caa: once((name: string) => resolver.caa(name)),
    txt: once((name: string) => resolver.txt(name)),
    cname: once((name: string) => resolver.cname(name)),
  };
  const nameServers = once((zoneId: string) => zones.nameServers(zoneId));
  // All of a zone at once: Route 53 answers ten calls a second, and a fleet has hundreds of names.
  const recordsOf = once((zoneId: string) => zones.records(zoneId));

  const zonesOf = async (name: string) => {
    const candidates = zonesFor(name, await listed);
    return Promise.all(candidates.map(async (zone) => ({ zone, nameServers: await nameServers(zone.id) })));
  };
  /** At the name, and between it and the zone's own. */
  const records = async (name: string, zone: HostedZone): Promise<FoundRecord[]> => {
    const path = selfAndAncestors(name).filter((above) => above === name || above !== zone.name);
    return (await recordsOf(zone.id)).filter((record) => path.includes(record.name));
  };
  const placeAt = once(async (name: string): Promise<PlaceFacts> => {
    const zones = await answerOf(zonesOf(name));
    if ('trouble' in zones) return { name, zones, publicServers: zones, records: zones };
    const publicServers = await answerOf(dns.ns(zones.found[0]?.zone.name ?? name));
    const zone = zoneOf({ zones, publicServers });
    if ('trouble' in zone) return { name, zones, publicServers, records: zone };
    return { name, zones, publicServers, records: await answerOf(records(name, zone.found.zone)) };
  });

  const lookAt: LookAt = async (name) => {
    const place = await placeAt(name);
    const zone = foundOr(zoneOf(place), undefined)?.zone;
    const here = foundOr(place.records, undefined);
    const isDelegated = here?.some((one) => one.type === 'NS' && one.name !== zone?.name);
    if (!zone || !here || isDelegated) return undefined;
    const owners = [...new Set((await recordsOf(zone.id)).map((record) => record.name))];
    return { records: here, wildcard: wildcardFor(name, { zoneName: zone.name, owners }) };
  };

  return {
    async identifier(identifier: string): Promise<IdentifierFacts> {
      const first = challengeName(identifier);
      const path = await answerOf(cnamePath(dns, first));
      const start = await placeAt(first);
      const last = foundOr(path, undefined)?.names.at(-1) ?? first;
      return { identifier, path, start, end: last === first ? start : await placeAt(last) };
    },
    /** The relevant CAA sets of a name: two where a wildcard's may govern it or not. */
    async relevantSets(name: string) {
      const found = await answerOf(findCaa(dns, [name], lookAt));
      if ('trouble' in found) return [{ name, set: found }];
      return found.found.map(({ set }) => ({ name, set: { found: set } }));
    },
    /** What stands where an identifier's persist record belongs: in our zone, or else in the public DNS. */
    async persistRecords(identifier: string) {
      const name = persistName(identifier);
      const [{ records }, shown] = await Promise.all([placeAt(name), answerOf(dns.txt(name))]);
      if ('trouble' in shown) return { identifier, standing: shown };
      const path = foundOr(records, undefined);
      const isOurs = path && !path.some(({ type }) => type === 'NS');
      const held = isOurs ? path.filter((record) => record.name === name) : undefined;
      return { identifier, standing: { found: standingTxt(shown.found, held) } };
    },
  };
}
