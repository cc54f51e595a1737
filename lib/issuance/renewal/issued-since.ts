import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { instantOf } from '../../foundation/certificate/lineage.ts';
import { versionsOf } from './find-upkeep.ts';
import type { State } from './rules/state.ts';

/** When certificates of a lineage were issued after `since`: those in the archive, and those that were given up. */
export async function issuedSince(
  store: Pick<ObjectStore, 'get' | 'list'>,
  name: string,
  { since, state }: { since: Date; state: State | undefined },
): Promise<Date[]> {
  const versions = await versionsOf(store, name);
  const issued = [
    ...versions.map(({ version }) => instantOf(version)),
    ...(state?.givenUp ?? []).map((at) => new Date(at)),
  ];
  return issued.filter((at) => at > since);
}
