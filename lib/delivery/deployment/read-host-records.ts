import pMap from 'p-map';
import type { Reads } from '../../foundation/bucket/object-store.ts';
import { HOSTS_PREFIX, hostKey, instanceIdsIn } from '../../foundation/certificate/object-keys.ts';
import { parseJson } from '../../foundation/common/parse-json.ts';
import { believedRecord, HostRecord } from './rules/host-record.ts';

const READS_AT_ONCE = 32;

/** The records of these hosts. `warn` hears of an unreadable one, which counts as none. */
export function readHostRecords(
  from: { store: Pick<Reads, 'list' | 'get'> },
  instanceIds: readonly string[],
  warn: (error: unknown) => void,
): Promise<Map<string, HostRecord>> {
  const wanted = new Set(instanceIds);
  return readAllRecords(from, { isWanted: (id) => wanted.has(id), warn });
}

/** The same for all hosts that ever reported, or those of them that are wanted. */
export async function readAllRecords(
  { store }: { store: Pick<Reads, 'list' | 'get'> },
  {
    isWanted = () => true,
    warn = () => {},
  }: { isWanted?: (instanceId: string) => boolean; warn?: (error: unknown) => void } = {},
): Promise<Map<string, HostRecord>> {
  const kept = instanceIdsIn(await store.list(HOSTS_PREFIX)).filter(isWanted);
  const records = new Map<string, HostRecord>();
  const read = async (id: string) => {
    const where = hostKey(id);
    const stored = await store.get(where);
    if (!stored) return;
    try {
      const record = parseJson(stored.body, HostRecord, { where, reason: 'host-record-malformed' });
      records.set(id, believedRecord(record, stored.modified));
    } catch (error) {
      warn(error);
    }
  };
  await pMap(kept, read, { concurrency: READS_AT_ONCE });
  return records;
}
