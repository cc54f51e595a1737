import { Resolver as NodeResolver } from 'node:dns/promises';
import { once } from '../../foundation/common/once.ts';
import { DnsError, type Resolver } from '../../issuance/dns/resolver.ts';
import type { CaaProperty } from '../../issuance/dns/rules/caa-property.ts';

const ABSENT = ['ENOTFOUND', 'ENODATA'];
const TIMEOUT_MS = 2_000;

interface ResolverOptions {
  resolver?: string | undefined;
  port?: number | undefined;
  /** Each waits longer than the one before. */
  tries?: number;
}

/** The public DNS through Node's resolver, which repeats truncated answers over TCP. */
export class DnsResolver implements Resolver {
  readonly #recursive: NodeResolver;
  readonly #server: (address: string) => NodeResolver;

  /** `resolver` is the recursive resolver's address (Lambda's own when absent); `port` is also that of authoritative servers. */
  constructor({ resolver, port = 53, tries = 3 }: ResolverOptions = {}) {
    const timing = { timeout: TIMEOUT_MS, tries };
    this.#server = once((address) => resolverAt(`${address}:${port}`, timing));
    this.#recursive = resolver ? this.#server(resolver) : new NodeResolver(timing);
  }

  async caa(name: string): Promise<CaaProperty[]> {
    const records = await ask(`CAA of ${name}`, () => this.#recursive.resolveCaa(name));
    return records.map(({ critical, ...property }) => {
      const [tag, value] = Object.entries(property).find(([key]) => key !== 'type') ?? ['', ''];
      return { flags: critical, tag, value: String(value) };
    });
  }

  async cname(name: string): Promise<string | undefined> {
    const [target] = await ask(`CNAME of ${name}`, () => this.#recursive.resolveCname(name));
    return target?.toLowerCase();
  }

  async addresses(name: string): Promise<string[]> {
    const aaaa = ask(`AAAA of ${name}`, () => this.#recursive.resolve6(name));
    const [four, six] = await Promise.allSettled([this.#a(name), aaaa]);
    if (four.status === 'rejected') throw four.reason;
    // Some servers answer nothing but A (RFC 4074).
    if (six.status === 'rejected' && four.value.length === 0) throw six.reason;
    return [...four.value, ...(six.status === 'fulfilled' ? six.value : [])];
  }

  async ns(zone: string): Promise<string[]> {
    return (await this.#ns(zone)).map((server) => server.toLowerCase()).sort();
  }

  async nameServers(zone: string): Promise<{ server: string; address: string }[]> {
    const asked = (await this.#ns(zone)).map(async (server) =>
      (await this.#a(server)).map((address) => ({ server, address })),
    );
    const results = await Promise.allSettled(asked);
    const found = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []));
    // A CA too asks only those that have an address.
    const failed = results.find((result) => result.status === 'rejected');
    if (found.length === 0 && failed) throw failed.reason;
    return found;
  }

  async txt(name: string): Promise<string[]> {
    const records = await ask(`TXT of ${name}`, () => this.#recursive.resolveTxt(name));
    return records.map((strings) => strings.join(''));
  }

  async txtFrom({ server, address }: { server: string; address: string }, name: string): Promise<string[]> {
    const records = await ask(`TXT of ${name} at ${server}`, () => this.#server(address).resolveTxt(name));
    return records.map((strings) => strings.join(''));
  }

  #a(name: string): Promise<string[]> {
    return ask(`A of ${name}`, () => this.#recursive.resolve4(name));
  }

  #ns(zone: string): Promise<string[]> {
    return ask(`NS of ${zone}`, () => this.#recursive.resolveNs(zone));
  }
}

function resolverAt(server: string, timing: { timeout: number; tries: number }): NodeResolver {
  const resolver = new NodeResolver(timing);
  resolver.setServers([server]);
  return resolver;
}

async function ask<T>(question: string, resolve: () => Promise<T[]>): Promise<T[]> {
  try {
    return await resolve();
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown';
    if (ABSENT.includes(code)) return [];
    throw new DnsError({ seen: `could not look up ${question}: ${code}`, cause }, { code });
  }
}
