import { isAtOrBelow } from '../../../lib/foundation/certificate/domain-name.ts';
import { casOf } from '../../../lib/issuance/ca/rules/ca-list.ts';
import { DAY, HOUR } from '../engine/durations.ts';
import type { Port } from '../engine/faults.ts';
import type { World } from '../world/world.ts';
import { type Waiting, withoutCa } from './ca-outages.ts';

const namesIn = (text: string) => [...text.matchAll(/"name":"([^"]+)"/g)].map(([, name = '']) => name);

interface Interval {
  from: number;
  until: number;
}

/** What stood in the way, by its site or what was broken. */
interface Obstacle extends Interval {
  sites: readonly string[];
}

const LIMIT = 'limit ';
/** In which the next check comes. */
const LATELY = 2 * HOUR;
const ZONE = /^(zone|CAA)$/;

/** What kept work from being done, so that what was not done is judged by the time that was left. */
export class Opportunities {
  readonly #world: World;
  /** By certificate; injected faults in runs about it, and what they came across. */
  readonly #hits = new Map<string, Obstacle[]>();
  /** What was wrong in the world, whoever did it. */
  readonly #obstacles: Obstacle[] = [];
  lastHit = new Map<string, number>();

  constructor(world: World) {
    this.#world = world;
    world.lambda.onEnd.push((_, { functionName, hits, met }, { about }) => {
      if (hits.length > 0) this.lastHit.set(functionName, world.scheduler.now);
      const sites = [...hits, ...met];
      if (functionName !== 'renew' || sites.length === 0) return;
      for (const name of namesIn(about)) this.#hit(name, sites);
    });
    world.bus.onHeldUp.push((queue, event) => {
      if (queue === 'renew')
        for (const name of namesIn(JSON.stringify(event))) this.#hit(name, ['bus.loses']);
    });
    world.bus.onFact.push((fact) => {
      if (fact.type !== 'Certificate Renewal Failed' || !/^(acme-)?caa/.test(fact.detail.reason)) return;
      const caa = world.files.get(fact.detail.name)?.caa as { mode?: string } | undefined;
      // Only people can let the CA issue, who are asked to.
      if (caa?.mode === 'check' || caa?.mode === 'off') this.#hit(fact.detail.name, ['CAA']);
    });
    world.onMoved.push((name, from) => {
      const until = world.scheduler.now;
      this.#hits.set(name, [...(this.#hits.get(name) ?? []), { from, until, sites: ['ca.closed'] }]);
    });
    world.onObstacle.push(({ what, ...span }) => this.#obstacles.push({ ...span, sites: [what] }));
    // Before its end nothing is asked for but what the CA itself suggests; who used it up is judged elsewhere.
    for (const ca of world.cas)
      ca.onLimit.push(({ limit, value, retryAfterMs }) => {
        const from = world.scheduler.now;
        const sites = [`${LIMIT}${value}`];
        if (limit === 'registered-domain') this.#obstacles.push({ from, until: from + retryAfterMs, sites });
      });
  }

  /** Something befell the certificate now. */
  #hit(name: string, sites: readonly string[]): void {
    const { now } = this.#world.scheduler;
    const hits = this.#hits.get(name) ?? [];
    hits.push({ from: now, until: now, sites });
    this.#hits.set(
      name,
      hits.filter(({ until }) => until > now - 120 * DAY),
    );
  }

  /** Whether a run about the certificate met a fault of this port. */
  wasHit(name: string, { from, until }: Interval, port: Port): boolean {
    const hits = this.#hits.get(name) ?? [];
    return hits.some(
      (hit) => hit.from >= from && hit.from <= until && hit.sites.some((site) => site.startsWith(`${port}.`)),
    );
  }

  #isBelow(name: string, domain: string): boolean {
    const names = this.#world.files.get(name)?.names ?? [];
    return names.some((one) => isAtOrBelow(one.replace('*.', ''), domain));
  }

  /** Whether a limit of a CA that others reached held the certificate up until lately. */
  isLimited(name: string): boolean {
    const since = this.#world.scheduler.now - LATELY;
    return this.#obstacles.some(
      ({ sites, until }) =>
        until > since &&
        sites.some((site) => site.startsWith(LIMIT) && this.#isBelow(name, site.slice(LIMIT.length))),
    );
  }

  /** Hosts of the CAs of which the certificate is wanted, the preferred one first. */
  #casOf(name: string): string[] {
    const { files, settings } = this.#world;
    const file = files.get(name) as { ca?: string[] } | undefined;
    return casOf(file ?? {}, settings).map((directoryUrl) => new URL(directoryUrl).host);
  }

  /** The longest time without anything in the way of work that needs these ports, in milliseconds. */
  longestClear(name: string, span: Waiting, ports: readonly Port[]): number {
    const { from, until } = span;
    const { past } = this.#world.outages;
    const outages = past.filter(({ port, ca }) => ports.includes(port) && ca === undefined);
    const withoutOne = ports.includes('ca') ? withoutCa(past, this.#casOf(name), span) : [];
    const isInTheWay = ({ sites }: Obstacle) =>
      sites.some((site) => {
        const [kind = ''] = site.split(/[ .]/);
        if (site.endsWith('.down')) return false;
        if (site.startsWith(LIMIT))
          return ports.includes('ca') && this.#isBelow(name, site.slice(LIMIT.length));
        return ['domain', 'lambda', ...ports].includes(kind) || (ports.includes('dns') && ZONE.test(kind));
      });
    const others = [...this.#obstacles, ...(this.#hits.get(name) ?? [])].filter(isInTheWay);
    const all = [...outages, ...withoutOne, ...others]
      .filter((one) => one.until >= from && one.from <= until)
      .sort((a, b) => a.from - b.from);
    let free = from;
    let longest = 0;
    for (const one of all) {
      longest = Math.max(longest, one.from - free);
      free = Math.max(free, one.until);
    }
    return Math.max(longest, until - free);
  }
}
