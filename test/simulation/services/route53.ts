import { isAtOrBelow } from '../../../lib/foundation/certificate/domain-name.ts';
import type { RecordChange } from '../../../lib/issuance/dns/rules/record-edits.ts';
import { ChangeRefusedError, ZoneError, type Zones } from '../../../lib/issuance/dns/zones.ts';
import type { Calls } from '../engine/calls.ts';
import type { Faults } from '../engine/faults.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { Random } from '../engine/random.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import { SERVERS, ZoneFile } from './zone-file.ts';

const MAX_ELEMENTS = 1000;
const MAX_CHARACTERS = 32_000;

export interface ZoneChange {
  zone: ZoneFile;
  changes: readonly RecordChange[];
}

interface Parts {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
}

/** Route 53 of the stack's account, and the registrar that delegates to its zones. */
export class Route53 {
  readonly zones = new Map<string, ZoneFile>();
  /** The zone that the public DNS asks, by name. */
  readonly delegated = new Map<string, ZoneFile>();
  readonly onChange: ((change: ZoneChange) => void)[] = [];
  readonly #changes = new Map<string, number>();
  readonly #parts: Parts;
  #made = 0;
  /** Grows with every change of anything. */
  version = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  create(name: string): ZoneFile {
    this.#made += 1;
    const zone = new ZoneFile(
      `Z${String(this.#made).padStart(4, '0')}${name.replace(/\W/g, '').toUpperCase()}`,
      name,
    );
    this.zones.set(zone.id, zone);
    this.delegated.set(name, zone);
    this.version += 1;
    return zone;
  }

  delete(zone: ZoneFile): void {
    this.zones.delete(zone.id);
    if (this.delegated.get(zone.name) === zone) this.delegated.delete(zone.name);
    this.version += 1;
  }

  /** The zone that answers for a name. */
  zoneOf(name: string): ZoneFile | undefined {
    let best: ZoneFile | undefined;
    for (const [apex, zone] of this.delegated)
      if (isAtOrBelow(name, apex) && apex.length > (best?.name.length ?? 0)) best = zone;
    return best;
  }

  change(zoneId: string, changes: readonly RecordChange[]): string {
    const { scheduler, random, faults } = this.#parts;
    const zone = this.#zone(zoneId);
    const values = changes.flatMap(({ set }) => set.values);
    if (values.length > MAX_ELEMENTS || values.reduce((sum, value) => sum + value.length, 0) > MAX_CHARACTERS)
      throw new ChangeRefusedError(zoneId, ['Number of records or characters limit exceeded']);
    const slow = faults.happens('route53.slow-propagation') ? random.spread(60_000, 3_600_000) : 0;
    const at = Array.from({ length: SERVERS }, () => scheduler.now + random.spread(300, 6_000) + slow);
    const refusals = zone.apply(changes, at, scheduler.now);
    if (refusals.length > 0) throw new ChangeRefusedError(zoneId, [`[${refusals.join(', ')}]`]);
    this.version += 1;
    const id = `C${this.version}`;
    this.#changes.set(id, Math.max(...at) + random.spread(500, 20_000));
    if (this.#changes.size > 200) this.#changes.delete(this.#changes.keys().next().value ?? '');
    for (const hear of this.onChange) hear({ zone, changes });
    return id;
  }

  isInSync(changeId: string): boolean {
    return (this.#changes.get(changeId) ?? 0) <= this.#parts.scheduler.now;
  }

  #zone(zoneId: string): ZoneFile {
    const zone = this.zones.get(zoneId);
    if (!zone) throw new ZoneError('zone-missing', `hosted zone ${zoneId} is gone`);
    return zone;
  }

  read = (zoneId: string) => this.#zone(zoneId);
}

/** Route 53 as one run of a function has it. */
export function zonesFor(
  invocation: Invocation,
  { route53, calls }: { route53: Route53; calls: Calls },
): Zones {
  const ask = <T>(what: string, effect: () => T) =>
    calls.make(invocation, {
      port: 'route53',
      what: `route53 ${what}`,
      effect,
      trouble: () => new ZoneError('zone-unavailable', `could not ${what}: Throttling`),
      latencyMs: 60,
    });
  return {
    list: () =>
      ask('list zones', () =>
        [...route53.zones.values()].map(({ id, name }) => ({ id, name, isPrivate: false })),
      ),
    nameServers: (id) => ask(`servers of ${id}`, () => [...route53.read(id).nameServers].sort()),
    change: (id, changes) =>
      ask(
        `change ${id} ${changes.map(({ action, set }) => `${action} ${set.type} ${set.name}`).join(', ')}`,
        () => route53.change(id, changes),
      ),
    read: (id, { name, type }) =>
      ask(`read ${type} ${name} in ${id}`, () => route53.read(id).sets.get(`${type} ${name}`)),
    cname: (id, name) =>
      ask(`look for a CNAME at ${name} in ${id}`, () => {
        const set = route53.read(id).sets.get(`CNAME ${name}`);
        return set && { target: set.values[0] };
      }),
    records: (id) =>
      ask(`records of ${id}`, () =>
        [...route53.read(id).sets.values()].map(({ name, type, values }) => ({
          name,
          type,
          kind: 'simple' as const,
          values,
        })),
      ),
    isInSync: (id) => ask(`status of ${id}`, () => route53.isInSync(id)),
  };
}
