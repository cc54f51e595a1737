import { covers } from '../../../lib/foundation/certificate/domain-name.ts';
import type { Fleet } from '../services/fleet.ts';
import type { ServedSite } from '../services/sites.ts';
import { certificateOf, pointerOf, type Stored } from './stored.ts';

interface Sites extends Stored {
  fleet: Fleet;
  files: ReadonlyMap<string, { names: readonly string[] }>;
}

/** What hosts of the wanted groups serve for a name; a site without hosts is behind somebody else's, who has what is live. */
export function servedSites(world: Sites, site: string): ServedSite[] {
  for (const [name, file] of world.files) {
    if (!file.names.some((pattern) => covers(pattern, site))) continue;
    const pointer = pointerOf(world, name);
    if (!pointer) continue;
    const hosts = [...world.fleet.hosts.values()].filter(
      (host) => host.isOnline && pointer.hosts.includes(host.group),
    );
    const versions = hosts.length > 0 ? hosts.map((host) => host.served.get(name)) : [pointer.version];
    return versions.flatMap((version) => (version && certificateOf(world, name, version)) || []);
  }
  return [];
}
