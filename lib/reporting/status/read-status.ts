import pMap from 'p-map';
import { HostRecord } from '../../delivery/deployment/rules/host-record.ts';
import type { Reads } from '../../foundation/bucket/indexed-reads.ts';
import { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import {
  HOSTS_PREFIX,
  LIVE_PREFIX,
  nameOfKey,
  RENEWAL_PREFIX,
  STATE_PREFIX,
} from '../../foundation/certificate/object-keys.ts';
import { parseRenewalFile, type StackLimits } from '../../foundation/certificate/renewal-file.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import type { StackCas } from '../../issuance/ca/rules/ca-list.ts';
import { State } from '../../issuance/renewal/rules/state.ts';
import { bySoonestTrouble, type CertificateStatus, statusOf } from './rules/certificate-status.ts';
import type { CertificateFacts } from './rules/judge-health.ts';

export interface ReadOptions {
  now: Date;
  readsAtOnce: number;
  /** Given, the renewal files are read too, and judged by it. */
  stack?: StackLimits & StackCas;
}

/** The status of every certificate that is wanted or live, the soonest trouble first. Only reads. */
export async function readStatus(
  store: Reads,
  { now, readsAtOnce, stack }: ReadOptions,
): Promise<CertificateStatus[]> {
  const readAll = readerOf(store, readsAtOnce);
  const [wanted, files, pointers, remembered, records] = await Promise.all([
    namesBelow(store, RENEWAL_PREFIX),
    stack && readAll(RENEWAL_PREFIX, (text, name) => readFile(text, name, stack)),
    readAll(LIVE_PREFIX, (text) => orNone(text, LivePointer) ?? 'unreadable'),
    readAll(STATE_PREFIX, (text) => orNone(text, State)),
    readAll(HOSTS_PREFIX, (text) => orNone(text, HostRecord)),
  ]);
  const known = new Set(wanted);
  const found = [...records.values()].filter((record) => record !== undefined);
  return [...new Set([...known, ...pointers.keys()])]
    .map((name) => {
      const file = files?.get(name);
      return statusOf({
        name,
        wanted: known.has(name),
        ...(file && { file }),
        pointer: pointers.get(name),
        state: remembered.get(name),
        records: found,
        now,
      });
    })
    .sort(bySoonestTrouble);
}

async function namesBelow(store: Reads, prefix: string): Promise<string[]> {
  const listed = await store.list(prefix);
  return listed.flatMap(({ key }) =>
    key.endsWith('.json') ? key.slice(prefix.length, -'.json'.length) : [],
  );
}

function readerOf(store: Reads, concurrency: number) {
  return async <T>(prefix: string, parseText: (text: string, name: string) => T) => {
    const found = new Map<string, T>();
    const read = async (name: string) => {
      const stored = await store.get(`${prefix}${name}.json`);
      if (stored) found.set(name, parseText(stored.body, name));
    };
    await pMap(await namesBelow(store, prefix), read, { concurrency });
    return found;
  };
}

function readFile(text: string, name: string, stack: StackLimits & StackCas): CertificateFacts['file'] {
  try {
    nameOfKey(`${RENEWAL_PREFIX}${name}.json`, RENEWAL_PREFIX);
    return { ...parseRenewalFile(text, name, stack), stack };
  } catch (error) {
    return { rejected: describeError(error).message };
  }
}
