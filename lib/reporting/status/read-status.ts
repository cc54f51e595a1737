import pMap from 'p-map';
import { HostRecord } from '../../delivery/deployment/rules/host-record.ts';
import { findStrays } from '../../foundation/bucket/find-strays.ts';
import type { Reads } from '../../foundation/bucket/indexed-reads.ts';
import { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import {
  HOSTS_PREFIX,
  hostKey,
  instanceIdsIn,
  LIVE_PREFIX,
  liveKey,
  namesIn,
  RENEWAL_PREFIX,
  renewalFilesIn,
  renewalKey,
  STATE_PREFIX,
  stateKey,
} from '../../foundation/certificate/object-keys.ts';
import { parseRenewalFile } from '../../foundation/certificate/renewal-file.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import { parseState } from '../../issuance/renewal/rules/state.ts';
import { bySoonestTrouble, type CertificateStatus, statusOf } from './rules/certificate-status.ts';
import type { CertificateFacts } from './rules/judge-health.ts';

/**
 * The status of every certificate that is wanted or live, and of each object that does not belong where it is, the soonest
 * trouble first. Only reads; given a `stack`, the renewal files too.
 */
export async function readStatus(
  store: Reads,
  { now, readsAtOnce, stack }: { now: Date; readsAtOnce: number; stack?: Stack },
): Promise<CertificateStatus[]> {
  const [renewals = [], live = [], states = [], hosts = []] = await Promise.all(
    [RENEWAL_PREFIX, LIVE_PREFIX, STATE_PREFIX, HOSTS_PREFIX].map((prefix) =>
      store.list(prefix, { deep: prefix === RENEWAL_PREFIX }),
    ),
  );
  const wantedFiles = renewalFilesIn(renewals);
  const named = wantedFiles.flatMap((file) => ('name' in file ? file.name : []));
  const readAll = readerOf(store, readsAtOnce);
  const [files, pointers, remembered, records] = await Promise.all([
    stack ? readAll(renewalKey, named, (text, name) => readFile(text, name, stack)) : new Map(),
    readAll(liveKey, namesIn(live, LIVE_PREFIX), (text) => orNone(text, LivePointer) ?? 'unreadable'),
    readAll(stateKey, namesIn(states, STATE_PREFIX), (text) => parseState(text, now)),
    readAll(hostKey, instanceIdsIn(hosts), (text) => orNone(text, HostRecord)),
  ]);
  const wanted = new Set(named);
  const misnamed = wantedFiles.flatMap((file) =>
    'rejected' in file ? { name: file.rejected, error: file.error } : [],
  );
  for (const { name, error } of [...misnamed, ...(await findStrays(store))]) {
    wanted.add(name);
    files.set(name, { rejected: describeError(error).message });
  }
  const found = [...records.values()].filter((record) => record !== undefined);
  const statusAt = (name: string) => {
    const file = files.get(name);
    return statusOf({
      name,
      wanted: wanted.has(name),
      ...(file && { file }),
      pointer: pointers.get(name),
      state: remembered.get(name),
      records: found,
      now,
    });
  };
  return [...new Set([...wanted, ...pointers.keys()])].map(statusAt).sort(bySoonestTrouble);
}

/** Reads the objects of one kind. */
function readerOf(store: Reads, concurrency: number) {
  return async <T>(
    keyOf: (name: string) => string,
    names: readonly string[],
    parseText: (text: string, name: string) => T,
  ) => {
    const found = new Map<string, T>();
    const read = async (name: string) => {
      const stored = await store.get(keyOf(name));
      if (stored) found.set(name, parseText(stored.body, name));
    };
    await pMap(names, read, { concurrency });
    return found;
  };
}

function readFile(text: string, name: string, stack: Stack): CertificateFacts['file'] {
  try {
    return { ...parseRenewalFile(text, name, stack), stack };
  } catch (error) {
    return { rejected: describeError(error).message };
  }
}
