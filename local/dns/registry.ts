import type { PublishedZone, ZoneView } from '../route53/published.ts';
import { isWithin, normalizeName } from '../route53/record-set.ts';

/**
 * The parent of all zones held here: knows which name servers a registered name is delegated to. By default
 * that is the oldest zone of the name, for names that are not below another zone held here.
 */
export class Registry {
  #zones: ZoneView;
  #delegations = new Map<string, string[]>();

  constructor(zones: ZoneView) {
    this.#zones = zones;
  }

  /** Delegates a name to these name servers, as a registrar does; none: the name is not registered; undefined: the default again. */
  delegate(name: string, nameServers: string[] | undefined): void {
    if (nameServers) this.#delegations.set(normalizeName(name), nameServers.map(normalizeName));
    else this.#delegations.delete(normalizeName(name));
  }

  /** The registered name that `name` belongs to, with its name servers; undefined when there is none. */
  find(name: string): { name: string; nameServers: string[] } | undefined {
    const names = [...this.#delegations.keys(), ...this.#zones.zones().map((zone) => zone.name)];
    const [registered] = names.filter((other) => isWithin(name, other)).sort((a, b) => a.length - b.length);
    if (registered === undefined) return undefined;
    const oldest = this.#zones.zones().find((zone) => zone.name === registered);
    const nameServers = this.#delegations.get(registered) ?? oldest?.nameServers ?? [];
    return nameServers.length > 0 ? { name: registered, nameServers } : undefined;
  }

  /**
   * The zone of that name that these name servers serve; undefined when none of them does (a lame delegation). Two zones may
   * have a name server in common: the one with most of them counts.
   */
  zoneAt(name: string, nameServers: string[]): PublishedZone | undefined {
    const shared = (zone: PublishedZone) =>
      zone.nameServers.filter((server) => nameServers.includes(server)).length;
    const [most] = this.#zones
      .zones()
      .filter((zone) => zone.name === name && shared(zone) > 0)
      .sort((a, b) => shared(b) - shared(a));
    return most;
  }
}
