import type { PublishedZone, ZoneView } from '../route53/published.ts';
import { normalizeName, type RecordSet, type RecordSets, recordSetKey } from '../route53/record-set.ts';

/** Zones of other DNS providers, which no Route 53 account here knows, to be served beside the others. */
export class ForeignZones implements ZoneView {
  #zones: PublishedZone[] = [];

  /** Adds a zone with NS and SOA; `records` are `[name, type, value, …]`, values as Route 53 writes them. */
  add(
    zoneName: string,
    nameServers: string[],
    records: [name: string, type: string, ...values: string[]][] = [],
  ): void {
    const name = normalizeName(zoneName);
    const servers = nameServers.map(normalizeName);
    const all: typeof records = [
      [name, 'NS', ...servers],
      [name, 'SOA', `${servers[0]} hostmaster.${name} 1 7200 900 1209600 60`],
      ...records,
    ];
    const recordSets: RecordSets = new Map(
      all.map(([owner, type, ...values]) => {
        const recordSet: RecordSet = { name: normalizeName(owner), type, ttl: 60, values, routing: {} };
        return [recordSetKey(recordSet), recordSet];
      }),
    );
    this.#zones.push({ id: `foreign ${name}`, name, nameServers: servers, recordSets: () => recordSets });
  }

  zones(): PublishedZone[] {
    return this.#zones;
  }
}

/** Several views as one; the earlier ones come first. */
export function joinZones(...views: ZoneView[]): ZoneView {
  return { zones: () => views.flatMap((view) => view.zones()) };
}
