import { covers } from '../../../lib/foundation/certificate/domain-name.ts';
import type { Fleet } from '../services/fleet.ts';
import type { ServedSite } from '../services/sites.ts';
import { certificateOf, type Stored } from './stored.ts';

/** What hosts serve for a name. */
export function servedSites(world: Stored & { fleet: Fleet }, site: string): ServedSite[] {
  const found: ServedSite[] = [];
  for (const host of world.fleet.hosts.values())
    for (const [name, version] of host.served) {
      const certificate = certificateOf(world, name, version);
      if (certificate?.names.some((pattern) => covers(pattern, site))) found.push(certificate);
    }
  return found;
}
