import type { FoundRecord, HostedZone } from '../../lib/issuance/dns/rules/hosted-zones.ts';
import { type RecordChange, type RecordSet, recordKey } from '../../lib/issuance/dns/rules/record-edits.ts';
import { ChangeRefusedError, ZoneError, type Zones } from '../../lib/issuance/dns/zones.ts';

/** Values of one record set (developer guide, "Quotas"). */
const MAX_VALUES = 400;
/** Characters of all values of one batch. */
const MAX_CHARACTERS = 32_000;

/** Hosted zones in memory, as strict as Route 53: all or nothing, `CREATE` only where nothing is, `DELETE` only of the exact set. */
export class FakeZones implements Zones {
  readonly #zones: readonly HostedZone[];
  readonly #sets = new Map<string, Map<string, RecordSet>>();
  /** Every batch that was accepted. */
  readonly batches: { zoneId: string; changes: readonly RecordChange[] }[] = [];
  /** Runs before each change and each read; throws to let it fail. */
  before: (call: 'change' | 'read', zoneId: string) => void = () => {};

  constructor(...names: string[]) {
    this.#zones = names.map((name) => ({
      id: `Z${name.replace(/\W/g, '').toUpperCase()}`,
      name,
      isPrivate: false,
    }));
    for (const { id } of this.#zones) this.#sets.set(id, new Map());
  }

  async list(): Promise<HostedZone[]> {
    return [...this.#zones];
  }

  async nameServers(zoneId: string): Promise<string[]> {
    return [`ns.${zoneId.toLowerCase()}.test`];
  }

  async change(zoneId: string, changes: readonly RecordChange[]): Promise<string> {
    this.before('change', zoneId);
    if (changes.length === 0) throw new Error('Route 53 takes no batch without a change');
    const after = new Map(this.#zone(zoneId));
    const refusals = changes.flatMap((change) => apply(after, change) ?? []);
    if (changes.flatMap(({ set }) => set.values).join('').length > MAX_CHARACTERS)
      refusals.push('Number of characters limit exceeded');
    if (refusals.length > 0) throw new ChangeRefusedError(zoneId, [`[${refusals.join(', ')}]`]);
    this.#sets.set(zoneId, after);
    this.batches.push({ zoneId, changes });
    return `C${this.batches.length}`;
  }

  async read(zoneId: string, at: Pick<RecordSet, 'name' | 'type'>): Promise<RecordSet | undefined> {
    this.before('read', zoneId);
    return this.#zone(zoneId).get(recordKey(at));
  }

  /** Names whose CNAME in the DNS is that of a wildcard. */
  readonly belowWildcard = new Set<string>();

  /** Held besides, where a zone has no {@link others}: what fake resolvers show. */
  readonly shown: ReadonlyMap<string, string>[] = [];
  /** Records of types that we do not write, by zone id. */
  readonly others = new Map<string, FoundRecord[]>();

  async cname(zoneId: string, name: string): Promise<{ target?: string | undefined } | undefined> {
    const others = this.others.get(zoneId);
    const held = others?.find((one) => one.type === 'CNAME' && one.name === name);
    if (held) return { target: held.values[0]?.replace(/\.$/, '') };
    if (others || this.belowWildcard.has(name)) return undefined;
    const [target] = this.shown.flatMap((cnames) => cnames.get(name) ?? []);
    return target === undefined ? undefined : { target };
  }

  async records(zoneId: string): Promise<FoundRecord[]> {
    const sets = [...this.#zone(zoneId).values()];
    const ours = sets.map(({ name, type, values }) => ({ name, type, kind: 'simple' as const, values }));
    return [...ours, ...(this.others.get(zoneId) ?? [])];
  }

  async isInSync(): Promise<boolean> {
    return true;
  }

  /** The values at a name and type, in whatever zone. */
  values(name: string, type: RecordSet['type']): readonly string[] {
    const sets = [...this.#sets.values()].flatMap((zone) => zone.get(recordKey({ name, type })) ?? []);
    return sets.flatMap(({ values }) => values);
  }

  /** All record sets of a type. */
  all(type: RecordSet['type']): RecordSet[] {
    return [...this.#sets.values()].flatMap((zone) => [...zone.values()].filter((set) => set.type === type));
  }

  /** Somebody else's hand: puts a set there whatever was, or removes it when it has no values. */
  overwrite(zoneId: string, set: RecordSet): void {
    if (set.values.length > 0) this.#zone(zoneId).set(recordKey(set), set);
    else this.#zone(zoneId).delete(recordKey(set));
  }

  #zone(zoneId: string): Map<string, RecordSet> {
    const zone = this.#sets.get(zoneId);
    if (!zone) throw new ZoneError('zone-missing', `hosted zone ${zoneId} is gone`);
    return zone;
  }
}

/** Route 53's words for why it refuses; `undefined` when it takes the change. */
function apply(sets: Map<string, RecordSet>, { action, set }: RecordChange): string | undefined {
  const key = recordKey(set);
  const quoted = `[name='${set.name.replace('*', '\\052')}.', type='${set.type}']`;
  const found = sets.get(key);
  if (action === 'CREATE') {
    if (set.values.length > MAX_VALUES) return `Number of records limit of ${MAX_VALUES} exceeded.`;
    if (found) return `Tried to create resource record set ${quoted} but it already exists`;
    sets.set(key, set);
    return undefined;
  }
  if (!found) return `Tried to delete resource record set ${quoted} but it was not found`;
  if (!equal(found, set))
    return `Tried to delete resource record set ${quoted} but the values provided do not match the current values`;
  sets.delete(key);
  return undefined;
}

function equal(a: RecordSet, b: RecordSet): boolean {
  return (
    a.ttl === b.ttl &&
    a.values.length === b.values.length &&
    a.values.every((value) => b.values.includes(value))
  );
}
