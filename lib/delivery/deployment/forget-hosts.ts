import pMap from 'p-map';
import type { ObjectStore, Reads } from '../../foundation/bucket/object-store.ts';
import { HOSTS_PREFIX, instanceIdsIn } from '../../foundation/certificate/object-keys.ts';
import { DAY, HOUR } from '../../foundation/common/durations.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import type { Host } from './hosts.ts';
import { HostRecord } from './rules/host-record.ts';

const REMOVALS_AT_ONCE = 32;

/**
 * Removes the records of hosts that are gone: Systems Manager lists the group that the record names, and the host in no
 * group. A record of a group that is in no setting ends a month after the last report. `warn` hears of one that cannot be read
 * or removed; the others go even so.
 */
export async function forgetHosts(
  { store, reads }: { store: Pick<ObjectStore, 'remove'>; reads: Reads },
  listed: ReadonlyMap<string, readonly Host[]>,
  { groups, warn }: { groups: readonly string[]; warn: (error: unknown) => void },
): Promise<void> {
  const there = new Set([...listed.values()].flat().map(({ instanceId }) => instanceId));
  const missing = (await reads.list(HOSTS_PREFIX)).filter(
    (found) => found.ageMs >= HOUR && instanceIdsIn([found]).some((id) => !there.has(id)),
  );
  const forget = async ({ key, etag, ageMs }: (typeof missing)[number]) => {
    const group = orNone((await reads.get(key))?.body, HostRecord)?.group ?? '';
    const isGone = listed.has(group) || (!groups.includes(group) && ageMs >= 30 * DAY);
    if (isGone) await store.remove(key, { etag });
  };
  await pMap(missing, (one) => forget(one).catch(warn), { concurrency: REMOVALS_AT_ONCE });
}
