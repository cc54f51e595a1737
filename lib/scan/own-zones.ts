import { once } from '../foundation/common/once.ts';
import type { ReadRecords } from '../issuance/caa/own-caa.ts';
import { zoneFinder } from '../issuance/dns/find-zone.ts';
import type { Resolver } from '../issuance/dns/resolver.ts';
import type { HostedZone } from '../issuance/dns/rules/hosted-zones.ts';
import type { StandingDeps } from '../issuance/dns/standing.ts';
import type { Zones, ZonesOf } from '../issuance/dns/zones.ts';

interface Deps {
  zonesOf: ZonesOf;
  resolver: Resolver;
  zonesIn: (role: string | undefined) => Promise<HostedZone[]>;
}

export interface OwnZones extends StandingDeps {
  zones: Pick<Zones, 'cname' | 'records' | 'read'>;
  /** All records of a hosted zone, read once. */
  readRecords: ReadRecords;
}

/** The zones of a role, which are reached only when one is asked; each question once for all certificates of a scan. */
export function ownZones({ zonesOf, resolver, zonesIn }: Deps, zoneRole: string | undefined): OwnZones {
  const finder = once(async (role: string | undefined) =>
    zoneFinder({ zones: zonesOf(role), resolver }, await zonesIn(role)),
  );
  return {
    zones: {
      cname: (zoneId, name) => zonesOf(zoneRole).cname(zoneId, name),
      read: (zoneId, at) => zonesOf(zoneRole).read(zoneId, at),
      records: (zoneId) => zonesOf(zoneRole).records(zoneId),
    },
    resolver,
    findZone: async (name) => (await finder(zoneRole))(name),
    readRecords: once((zoneId: string) => zonesOf(zoneRole).records(zoneId)),
  };
}
