import { DnsError, type Resolver } from '../../../lib/issuance/dns/resolver.ts';
import type { CaaProperty } from '../../../lib/issuance/dns/rules/caa-property.ts';
import type { Calls } from '../engine/calls.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { Random } from '../engine/random.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Route53 } from './route53.ts';
import { SERVERS } from './zone-file.ts';

interface Parts {
  route53: Route53;
  scheduler: Scheduler;
  random: Random;
}

/** What the name servers of the delegated zones give, as anybody may ask them. */
export class PublicDns {
  readonly #parts: Parts;
  readonly cnames = new Map<string, string>();
  /** We looked at a CAA set. */
  readonly onCaa: ((name: string) => void)[] = [];

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** As a resolver finds it, which asks whichever server it likes. */
  values(
    name: string,
    type: 'TXT' | 'CAA',
    server = this.#parts.random.whole(0, SERVERS - 1),
  ): readonly string[] {
    const { route53, scheduler } = this.#parts;
    let at = name;
    for (let step = 0; step < 8 && this.cnames.has(at); step += 1) at = this.cnames.get(at) ?? at;
    return route53.zoneOf(at)?.given(`${type} ${at}`, server, scheduler.now)?.values ?? [];
  }

  caa(name: string): CaaProperty[] {
    return this.values(name, 'CAA').map((text) => {
      const [, flags, tag = '', value = ''] = /^(\d+) (\S+) "(.*)"$/.exec(text) ?? [];
      return { flags: Number(flags), tag, value };
    });
  }

  servers(name: string): readonly string[] {
    return this.#parts.route53.delegated.get(name)?.nameServers ?? [];
  }

  /** The name of a zone's server tells which of them it is. */
  valuesFrom(server: string, name: string): readonly string[] {
    return this.values(name, 'TXT', Number(/^ns-(\d)/.exec(server)?.[1] ?? 0));
  }
}

/** The public DNS as one run of a function has it. */
export function resolverFor(
  invocation: Invocation,
  { dns, calls }: { dns: PublicDns; calls: Calls },
): Resolver {
  const ask = <T>(what: string, effect: () => T) =>
    calls.make(invocation, {
      port: 'dns',
      what: `dns ${what}`,
      effect,
      trouble: () => new DnsError(`the DNS did not answer: ${what}`, { code: 'ESERVFAIL' }),
      latencyMs: 10,
    });
  const plain = (values: readonly string[]) => values.map((value) => value.slice(1, -1));
  return {
    caa: (name) =>
      ask(`CAA ${name}`, () => {
        for (const hear of dns.onCaa) hear(name);
        return dns.caa(name);
      }),
    cname: (name) => ask(`CNAME ${name}`, () => dns.cnames.get(name)),
    ns: (zone) => ask(`NS ${zone}`, () => [...dns.servers(zone)].sort()),
    nameServers: (zone) =>
      ask(`name servers ${zone}`, () =>
        dns.servers(zone).map((server, index) => ({ server, address: `192.0.2.${index + 1}` })),
      ),
    txt: (name) => ask(`TXT ${name}`, () => plain(dns.values(name, 'TXT'))),
    txtFrom: ({ server }, name) => ask(`TXT ${name} @${server}`, () => plain(dns.valuesFrom(server, name))),
  };
}
