import pMap from 'p-map';
import { HostRecord } from '../../lib/core/host-record.ts';
import { LivePointer } from '../../lib/core/live-pointer.ts';
import { HOSTS_PREFIX, LIVE_PREFIX, RENEWAL_PREFIX, STATE_PREFIX } from '../../lib/core/object-keys.ts';
import { State } from '../../lib/core/state.ts';
import type { ObjectStore } from '../../lib/ports/object-store.ts';
import { bySoonestTrouble, type CertificateStatus, statusOf } from './certificate-status.ts';

interface Reader extends Pick<ObjectStore, 'list'> {
  get(key: string): Promise<{ body: string } | undefined>;
}
interface Parser<T> {
  safeParse(value: unknown): { success: true; data: T } | { success: false };
}

/** The status of every certificate that is wanted or live, the soonest trouble first. Only reads. */
export async function readStatus(
  store: Reader,
  { now, readsAtOnce }: { now: Date; readsAtOnce: number },
): Promise<CertificateStatus[]> {
  const [wanted, live, states, hosts] = await Promise.all(
    [RENEWAL_PREFIX, LIVE_PREFIX, STATE_PREFIX, HOSTS_PREFIX].map((prefix) => namesBelow(store, prefix)),
  );
  const readAll = readerOf(store, readsAtOnce);
  const [pointers, remembered, records] = await Promise.all([
    readAll(LIVE_PREFIX, live, LivePointer),
    readAll(STATE_PREFIX, states, State),
    readAll(HOSTS_PREFIX, hosts, HostRecord),
  ]);
  const known = new Set(wanted);
  const found = [...records.values()].filter((record) => record !== 'unreadable');
  return [...new Set([...known, ...pointers.keys()])]
    .map((name) => {
      const state = remembered.get(name);
      return statusOf({
        name,
        wanted: known.has(name),
        pointer: pointers.get(name),
        state: state === 'unreadable' ? undefined : state,
        records: found,
        now,
      });
    })
    .sort(bySoonestTrouble);
}

async function namesBelow(store: Reader, prefix: string): Promise<string[]> {
  const listed = await store.list(prefix);
  return listed.flatMap(({ key }) =>
    key.endsWith('.json') ? key.slice(prefix.length, -'.json'.length) : [],
  );
}

/** Reads the objects of one kind. */
function readerOf(store: Reader, concurrency: number) {
  return async <T>(prefix: string, names: readonly string[] = [], schema: Parser<T>) => {
    const found = new Map<string, T | 'unreadable'>();
    const read = async (name: string) => {
      const stored = await store.get(`${prefix}${name}.json`);
      if (stored) found.set(name, parse(stored.body, schema));
    };
    await pMap(names, read, { concurrency });
    return found;
  };
}

function parse<T>(text: string, schema: Parser<T>): T | 'unreadable' {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : 'unreadable';
  } catch {
    return 'unreadable';
  }
}
