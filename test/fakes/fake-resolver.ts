import type { Resolver } from '../../lib/issuance/dns/resolver.ts';
import type { CaaProperty } from '../../lib/issuance/dns/rules/caa-property.ts';
import type { FakeZones } from './fake-zones.ts';

/** A DNS that shows the fake zones as they are at once, and the CNAMEs it is given. */
export class FakeResolver implements Resolver {
  readonly #zones: FakeZones;
  readonly cnames = new Map<string, string>();
  /** The name servers of zones that are not as the fake zones have them. */
  readonly delegations = new Map<string, string[]>();

  constructor(zones: FakeZones) {
    this.#zones = zones;
    zones.shown.push(this.cnames);
  }

  async caa(name: string): Promise<CaaProperty[]> {
    return this.#zones.values(name, 'CAA').map((text) => {
      const [, flags, tag = '', value = ''] = /^(\d+) (\S+) "(.*)"$/.exec(text) ?? [];
      return { flags: Number(flags), tag, value };
    });
  }

  async cname(name: string): Promise<string | undefined> {
    return this.cnames.get(name);
  }

  async ns(zone: string): Promise<string[]> {
    return (await this.nameServers(zone)).map(({ server }) => server).sort();
  }

  async nameServers(zone: string): Promise<{ server: string; address: string }[]> {
    const held = (await this.#zones.list()).some(({ name }) => name === zone);
    const servers = this.delegations.get(zone) ?? (held ? [`ns.${zone}`] : []);
    return servers.map((server) => ({ server, address: '192.0.2.53' }));
  }

  async txt(name: string): Promise<string[]> {
    return this.#zones.values(name, 'TXT').map((value) => value.slice(1, -1));
  }

  async txtFrom(_: { server: string; address: string }, name: string): Promise<string[]> {
    return this.#zones.values(name, 'TXT').map((value) => value.slice(1, -1));
  }
}
