import { InputError } from '../../foundation/common/input-error.ts';
import type { FindZone } from './find-zone.ts';
import { DnsError, type Resolver } from './resolver.ts';
import type { FoundRecord, HostedZone } from './rules/hosted-zones.ts';
import { wildcardFor } from './rules/wildcards.ts';
import { ZoneError, type Zones } from './zones.ts';

/**
 * What the DNS shows at a name may come of a wildcard, which any record of ours at or below the name puts out of effect (RFC
 * 4592, 2.2.1), or be older than our zone. Where the zone is ours its records decide. Of a zone that is not ours, does not
 * answer, or is hidden by a DNAME above it (RFC 6672, 2.4), only the DNS knows.
 */
export interface StandingDeps {
  zones: Pick<Zones, 'cname' | 'records'>;
  resolver: Pick<Resolver, 'cname'>;
  findZone: FindZone;
}

/** The target of the CNAME that stands at a name; `undefined` for none, or a wildcard's. */
export type StandingCname = (name: string) => Promise<string | undefined>;

/** Our zone is asked only where the DNS shows a CNAME: beside one that it does not show yet Route 53 refuses a TXT. */
export function standingCname(deps: StandingDeps): StandingCname {
  return async (name) => {
    const shown = await deps.resolver.cname(name);
    if (shown === undefined) return undefined;
    const zone = await ownZone(deps, name);
    if (!zone) return shown;
    const held = await deps.zones.cname(zone.id, name);
    return held && (held.target ?? shown);
  };
}

/** What our zone holds at a name, of every type, and the wildcard that answers for it; `undefined` where it is not ours. */
export type LookAt = (
  name: string,
) => Promise<{ records: readonly FoundRecord[]; wildcard: string | undefined } | undefined>;

/** `readRecords` reads all records of a hosted zone. */
export function ownRecords(
  deps: StandingDeps,
  readRecords: (zoneId: string) => Promise<readonly FoundRecord[]> = deps.zones.records.bind(deps.zones),
): LookAt {
  return async (name) => {
    const zone = await ownZone(deps, name);
    if (!zone) return undefined;
    const all = await readRecords(zone.id);
    const owners = [...new Set(all.map((one) => one.name))];
    return {
      records: all.filter((one) => one.name === name),
      wildcard: wildcardFor(name, { zoneName: zone.name, owners }),
    };
  };
}

/** The CNAME or TXT set that our zone holds at a name; `undefined` where it is not ours, or none of a simple kind. */
export type HeldTxt = (name: string) => Promise<readonly FoundRecord[] | undefined>;

export function heldTxt(deps: StandingDeps & { zones: Pick<Zones, 'read'> }): HeldTxt {
  return async (name) => {
    const zone = await ownZone(deps, name);
    if (!zone) return undefined;
    const [txt, cname] = await Promise.all([
      deps.zones.read(zone.id, { name, type: 'TXT' }).catch(unlessNotSimple),
      deps.zones.cname(zone.id, name),
    ]);
    if (txt === 'not-simple') return undefined;
    const target = cname?.target === undefined ? [] : [cname.target];
    return [
      ...(txt ? [{ ...txt, kind: 'simple' as const }] : []),
      ...(cname ? [{ name, type: 'CNAME', kind: 'simple' as const, values: target }] : []),
    ];
  };
}

function unlessNotSimple(error: unknown): 'not-simple' {
  if (error instanceof ZoneError && error.reason === 'record-not-simple') return 'not-simple';
  throw error;
}

async function ownZone({ findZone, resolver }: StandingDeps, name: string): Promise<HostedZone | undefined> {
  try {
    const zone = await findZone(name);
    // A zone's own name is never an alias: something above it is.
    return (await resolver.cname(zone.name)) === undefined ? zone : undefined;
  } catch (error) {
    if (error instanceof InputError || error instanceof DnsError) return undefined;
    throw error;
  }
}
