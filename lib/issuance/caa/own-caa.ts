import { isAtOrBelow } from '../../foundation/certificate/domain-name.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { once } from '../../foundation/common/once.ts';
import type { FindZone } from '../dns/find-zone.ts';
import type { CaaProperty } from '../dns/rules/caa-property.ts';
import type { FoundRecord } from '../dns/rules/hosted-zones.ts';
import { wildcardFor } from '../dns/rules/wildcards.ts';
import { parseCaa } from './rules/caa.ts';

export type ReadRecords = (zoneId: string) => Promise<readonly FoundRecord[]>;

/** A name of ours as its hosted zone has it. */
export interface CaaPlace {
  zone: { zoneId: string; zoneName: string };
  /** Of the CAA set there, in presentation format. */
  values: readonly string[];
  properties: readonly CaaProperty[];
  /** The wildcard that answers for the name, and would not any more with a record there. */
  wildcard: string | undefined;
}

/** Finds the place of a CAA set, each once; `undefined` where the set is not ours to change. */
export function caaPlaces(
  { stack }: { stack: Stack },
  { findZone, readRecords }: { findZone: FindZone; readRecords: ReadRecords },
): (at: string) => Promise<CaaPlace | undefined> {
  return once(async (at) => {
    if (!stack.domains.some((domain) => isAtOrBelow(at, domain))) return undefined;
    try {
      const { id, name } = await findZone(at);
      const records = await readRecords(id);
      const set = records.filter((one) => one.name === at && one.type === 'CAA' && one.kind === 'simple');
      const values = set.flatMap((one) => one.values);
      const owners = [...new Set(records.map((one) => one.name))];
      return {
        zone: { zoneId: id, zoneName: name },
        values,
        properties: values.map(parseCaa),
        wildcard: wildcardFor(at, { zoneName: name, owners }),
      };
    } catch (error) {
      if (error instanceof InputError) return undefined;
      throw error;
    }
  });
}
