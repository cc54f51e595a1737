import { zoneFinder } from '../issuance/dns/find-zone.ts';
import type { StandingDeps } from '../issuance/dns/standing.ts';
import type { Zones } from '../issuance/dns/zones.ts';
import type { AssessContext, AssessDeps } from './context.ts';

type Deps = Pick<AssessDeps, 'zonesOf' | 'resolver'> & Pick<AssessContext, 'zonesIn'>;

/** The zones of a role, which are reached only when one is asked. */
export function ownZones(
  { zonesOf, resolver, zonesIn }: Deps,
  zoneRole: string | undefined,
): StandingDeps & { zones: Pick<Zones, 'read'> } {
  return {
    zones: {
      cname: (zoneId, name) => zonesOf(zoneRole).cname(zoneId, name),
      read: (zoneId, at) => zonesOf(zoneRole).read(zoneId, at),
      records: (zoneId) => zonesOf(zoneRole).records(zoneId),
    },
    resolver,
    findZone: async (name) =>
      zoneFinder({ zones: zonesOf(zoneRole), resolver }, await zonesIn(zoneRole))(name),
  };
}
