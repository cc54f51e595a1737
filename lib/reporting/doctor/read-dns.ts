import { challengeName, selfAndAncestors } from '../../foundation/certificate/domain-name.ts';
import { once } from '../../foundation/common/once.ts';
import type { RelevantSet } from '../../issuance/caa/rules/caa.ts';
import { MAX_CNAMES } from '../../issuance/dns/follow-cnames.ts';
import type { FoundRecord } from '../../issuance/dns/rules/hosted-zones.ts';
import { type HostedZone, zonesFor } from '../../issuance/dns/rules/hosted-zones.ts';
import { persistName } from '../../issuance/dns/rules/persist-record.ts';
import { answerOf } from './answer-of.ts';
import type { DoctorDeps } from './deps.ts';
import { foundOr } from './rules/answer.ts';
import { zoneOf } from './rules/check-zones.ts';
import type { IdentifierFacts, PersistFacts, PlaceFacts } from './rules/facts.ts';

/** Looks at names in Route 53 and in the public DNS; asks each question once for all certificates. */
export class DnsReader {
  readonly #resolver: DoctorDeps['resolver'];
  readonly #zones: () => Promise<HostedZone[]>;
  readonly #nameServers;
  readonly #recordsOf;
  readonly #ns;
  readonly #placeAt;
  readonly #caa;
  readonly #txt;

  constructor(zones: ReturnType<DoctorDeps['zonesOf']>, resolver: DoctorDeps['resolver']) {
    const listed = zones.list();
    // Whoever asks gets the error; before anyone does, it is nobody's.
    listed.catch(() => undefined);
    this.#zones = () => listed;
    this.#resolver = resolver;
    this.#nameServers = once((zoneId) => zones.nameServers(zoneId));
    this.#ns = once((zone) => resolver.ns(zone));
    this.#caa = once((name) => resolver.caa(name));
    this.#txt = once((name) => resolver.txt(name));
    this.#placeAt = once((name) => this.#lookAtPlace(name));
    // All of a zone at once: Route 53 answers ten calls a second, and a fleet has hundreds of names.
    this.#recordsOf = once((zoneId) => zones.records(zoneId));
  }

  async identifier(identifier: string): Promise<IdentifierFacts> {
    const first = challengeName(identifier);
    const path = await answerOf(this.#follow(first));
    const start = await this.#placeAt(first);
    const last = foundOr(path, undefined)?.names.at(-1) ?? first;
    return { identifier, path, start, end: last === first ? start : await this.#placeAt(last) };
  }

  /** RFC 8659, 3: the closest non-empty set on the climb from the name. */
  async relevantSet(name: string): Promise<RelevantSet | undefined> {
    for (const at of selfAndAncestors(name)) {
      const properties = await this.#caa(at);
      if (properties.length > 0) return { at, properties };
    }
    return undefined;
  }

  /** The TXT values where an identifier's standing record belongs. */
  async standing(identifier: string): Promise<PersistFacts['places'][number]> {
    return { identifier, values: await answerOf(this.#txt(persistName(identifier))) };
  }

  /** It does not end when it comes back to a name, or goes on for too long. */
  async #follow(name: string): Promise<{ names: string[]; ends: boolean }> {
    const names = [name];
    for (let target = await this.#resolver.cname(name); target; target = await this.#resolver.cname(target)) {
      const goesOn = !names.includes(target) && names.length < MAX_CNAMES;
      names.push(target);
      if (!goesOn) return { names, ends: false };
    }
    return { names, ends: true };
  }

  async #lookAtPlace(name: string): Promise<PlaceFacts> {
    const zones = await answerOf(this.#zonesOf(name));
    if ('trouble' in zones) return { name, zones, publicServers: zones, records: zones };
    const publicServers = await answerOf(this.#ns(zones.found[0]?.zone.name ?? name));
    const zone = zoneOf({ zones, publicServers });
    if ('trouble' in zone) return { name, zones, publicServers, records: zone };
    return { name, zones, publicServers, records: await answerOf(this.#records(name, zone.found.zone)) };
  }

  async #zonesOf(name: string) {
    const candidates = zonesFor(name, await this.#zones());
    return Promise.all(
      candidates.map(async (zone) => ({ zone, nameServers: await this.#nameServers(zone.id) })),
    );
  }

  /** At the name, and between it and the zone's own. */
  async #records(name: string, zone: HostedZone): Promise<FoundRecord[]> {
    const path = selfAndAncestors(name).filter((above) => above === name || above !== zone.name);
    return (await this.#recordsOf(zone.id)).filter((record) => path.includes(record.name));
  }
}
