import { isAtOrBelow } from './domain-name.ts';
import { InputError } from './input-error.ts';

/** A public hosted zone; `name` without the trailing dot. */
export interface HostedZone {
  id: string;
  name: string;
}

/** The zone with the longest suffix of `name`, at a label boundary; `undefined` when none holds it. */
export function zoneFor<Z extends HostedZone>(name: string, zones: readonly Z[]): Z | undefined {
  return zones
    .filter((zone) => isAtOrBelow(name, zone.name))
    .sort((a, b) => b.name.length - a.name.length)[0];
}

/** As {@link zoneFor}, but throws an {@link InputError} that says what to do. */
export function requireZone<Z extends HostedZone>(name: string, zones: readonly Z[]): Z {
  const zone = zoneFor(name, zones);
  if (zone) return zone;
  throw new InputError(
    'no-hosted-zone',
    `no public hosted zone on Route 53 holds ${name}; create one for it (or a parent) in this account, or take the name out of the renewal file`,
  );
}
