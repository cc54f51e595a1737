import { isAtOrBelow } from '../../../foundation/certificate/domain-name.ts';
import { InputError } from '../../../foundation/common/input-error.ts';

/** A hosted zone; `name` in lower case without the trailing dot. */
export interface HostedZone {
  id: string;
  name: string;
  isPrivate: boolean;
}

/** The public zones with the longest suffix of `name`; several only if they share a name. Throws {@link InputError} for none. */
export function zonesFor(name: string, zones: readonly HostedZone[]): [HostedZone, ...HostedZone[]] {
  const holding = zones.filter((zone) => isAtOrBelow(name, zone.name));
  const held = holding.filter(({ isPrivate }) => !isPrivate);
  const longest = Math.max(...held.map((zone) => zone.name.length));
  const [first, ...others] = held.filter((zone) => zone.name.length === longest);
  if (first) return [first, ...others];
  const [hidden] = holding;
  if (hidden) {
    throw new InputError('only-private-zone', {
      seen: `${name} lies only in the private hosted zone ${hidden.name} (${hidden.id}), which no CA can see`,
      remedy: 'create a public one for it',
    });
  }
  throw new InputError('no-hosted-zone', {
    seen: `no public hosted zone on Route 53 holds ${name}`,
    remedy:
      "create one for it (or a parent) in this account or in that of the file's zoneRole, or take the name out of the renewal file",
  });
}

/** The one of several zones of one name that the public DNS names; throws {@link InputError} when it names none. */
export function settleZone(
  candidates: readonly { zone: HostedZone; nameServers: readonly string[] }[],
  publicServers: readonly string[],
): HostedZone {
  const named = candidates.find(({ nameServers }) =>
    publicServers.some((server) => nameServers.includes(server)),
  );
  if (named) return named.zone;
  const ids = candidates.map(({ zone }) => zone.id).join(', ');
  throw new InputError('ambiguous-hosted-zone', {
    seen: `${candidates[0]?.zone.name} has ${candidates.length} public hosted zones (${ids}) and the public DNS names none of their servers (it says ${publicServers.join(', ') || 'nothing'})`,
    remedy: "set one zone's servers at the registrar, or delete the others",
  });
}

/** A record set of any type and kind; names in lower case without the trailing dot. */
export interface FoundRecord {
  name: string;
  type: string;
  kind: 'simple' | 'alias' | 'routing-policy';
  values: readonly string[];
}
