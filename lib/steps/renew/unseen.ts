import { DnsError, type Resolver } from '../../ports/resolver.ts';
import type { PublishedZone } from './publish.ts';

interface Server {
  server: string;
  address: string;
}

interface Value {
  name: string;
  values: string[];
}

/** The new TXT values of one zone that its authoritative servers do not all give yet. */
export class Unseen {
  readonly #resolver: Pick<Resolver, 'txtFrom'>;
  #left: { server: Server; open: Value[] }[];

  private constructor(resolver: Pick<Resolver, 'txtFrom'>, servers: readonly Server[], open: Value[]) {
    this.#resolver = resolver;
    this.#left = open.length === 0 ? [] : servers.map((server) => ({ server, open }));
  }

  static async of({ zoneName, edits }: PublishedZone, resolver: Resolver): Promise<Unseen> {
    const servers = await resolver.nameServers(zoneName);
    if (servers.length === 0)
      throw new DnsError(
        `${zoneName} has no name servers in the public DNS; set at its registrar those that Route 53 shows for the zone`,
      );
    const open = edits
      .filter(({ type }) => type === 'TXT')
      .map(({ name, add }) => ({ name, values: add.map((value) => value.slice(1, -1)) }));
    return new Unseen(resolver, servers, open);
  }

  /** A server and a name of those that are left. */
  get first(): { server: string; name: string } | undefined {
    const [left] = this.#left;
    const [value] = left?.open ?? [];
    return left && value && { server: left.server.server, name: value.name };
  }

  /**
   * Asks again for what is left; answers with {@link first}. A batch comes to a server as a whole, so that each is asked for
   * one name until it gives that, and then for all the others.
   */
  async look(): Promise<Unseen['first']> {
    const looks = this.#left.map(async ({ server, open: [first, ...others] }) => {
      if (first && !(await this.#gives(server, first))) return { server, open: [first, ...others] };
      const given = await Promise.all(others.map((value) => this.#gives(server, value)));
      return { server, open: others.filter((_, index) => !given[index]) };
    });
    this.#left = (await Promise.all(looks)).filter(({ open }) => open.length > 0);
    return this.first;
  }

  async #gives(server: Server, { name, values }: Value): Promise<boolean> {
    try {
      const found = await this.#resolver.txtFrom(server, name);
      return values.every((value) => found.includes(value));
    } catch {
      return false;
    }
  }
}
