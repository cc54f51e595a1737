import pMap from 'p-map';
import { AcmRecord } from '../../delivery/acm/rules/decide-imports.ts';
import type { Hosts } from '../../delivery/deployment/hosts.ts';
import { listFleet } from '../../delivery/deployment/list-fleet.ts';
import { readLives } from '../../delivery/deployment/read-lives.ts';
import { HostRecord } from '../../delivery/deployment/rules/host-record.ts';
import { findStrays } from '../../foundation/bucket/find-strays.ts';
import type { Reads } from '../../foundation/bucket/object-store.ts';
import { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import {
  ACM_PREFIX,
  acmKey,
  HOSTS_PREFIX,
  hostKey,
  instanceIdsIn,
  LIVE_PREFIX,
  liveKey,
  namesIn,
  PINS_PREFIX,
  RENEWAL_PREFIX,
  REVOKED_PREFIX,
  renewalFilesIn,
  renewalKey,
  revokedKey,
  STATE_PREFIX,
  stateKey,
} from '../../foundation/certificate/object-keys.ts';
import { parseRenewalFile } from '../../foundation/certificate/renewal-file.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import { findPin, heldPin } from '../../issuance/renewal/read-pin.ts';
import { parseState } from '../../issuance/renewal/rules/state.ts';
import { revocationsIn } from '../../issuance/revocation/read-revocations.ts';
import { groupsOf, type HealthFacts, liveOf } from '../../scan/rules/health.ts';
import { bySoonestTrouble, type CertificateStatus, statusOf } from './rules/certificate-status.ts';

export interface StatusReads {
  store: Pick<Reads, 'list' | 'get'>;
  hosts: Pick<Hosts, 'inGroup'>;
  stack: Stack;
}

interface Asked {
  now: Date;
  readsAtOnce: number;
  /** These certificates; all without it. */
  only?: ReadonlySet<string>;
}

/**
 * The status of every certificate that is wanted or live, and of each object that does not belong where it is, the soonest
 * trouble first. Only reads.
 */
export async function readStatus(reads: StatusReads, asked: Asked): Promise<CertificateStatus[]> {
  return (await readHealthFacts(reads, asked)).map(statusOf).sort(bySoonestTrouble);
}

/** What the health of each certificate is judged by. */
export async function readHealthFacts(
  { store, hosts, stack }: StatusReads,
  { now, readsAtOnce, only }: Asked,
): Promise<HealthFacts[]> {
  const [renewals, live, states, revoked, acm, reports, pins] = await Promise.all([
    store.list(RENEWAL_PREFIX, { deep: true }),
    ...[LIVE_PREFIX, STATE_PREFIX, REVOKED_PREFIX, ACM_PREFIX, HOSTS_PREFIX, PINS_PREFIX].map((prefix) =>
      store.list(prefix),
    ),
  ]);
  const wantedFiles = renewalFilesIn(renewals);
  const isAskedFor = (name: string) => only === undefined || only.has(name);
  const named = wantedFiles.flatMap((file) => ('name' in file ? file.name : [])).filter(isAskedFor);
  const readAll = readerOf(store, readsAtOnce);
  const inFolder = (objects: Parameters<typeof namesIn>[0] = [], prefix: string) =>
    namesIn(objects, prefix).filter(isAskedFor);
  const [files, pointers, remembered, revocations, imports, records] = await Promise.all([
    readAll(renewalKey, named, (text, name) => readFile(text, name, stack)),
    readAll(liveKey, inFolder(live, LIVE_PREFIX), (text) => orNone(text, LivePointer) ?? 'unreadable'),
    readAll(stateKey, inFolder(states, STATE_PREFIX), (text) => parseState(text, now)),
    readAll(revokedKey, inFolder(revoked, REVOKED_PREFIX), (text) => ({ found: revocationsIn(text) })),
    readAll(acmKey, inFolder(acm, ACM_PREFIX), (text) => orNone(text, AcmRecord)),
    readAll(hostKey, instanceIdsIn(reports ?? []), (text) => orNone(text, HostRecord)),
  ]);
  const misnamed = wantedFiles.flatMap((file) =>
    'rejected' in file ? { name: file.rejected, error: file.error } : [],
  );
  const wanted = new Set(named);
  const strays = only === undefined ? [...misnamed, ...(await findStrays(store))] : [];
  for (const { name, error } of strays) {
    wanted.add(name);
    files.set(name, { rejected: describeError(error).message });
  }
  const found = [...records.values()].flatMap((record) => record ?? []);
  const factsOf = (name: string): HealthFacts => ({
    name,
    wanted: wanted.has(name),
    file: files.get(name),
    pointer: pointers.get(name),
    state: remembered.get(name),
    revocations: revocations.get(name)?.found ?? [],
    acm: imports.get(name),
    records: found,
    fleet: new Map(),
    region: stack.region,
    now,
  });
  const facts = [...new Set([...wanted, ...pointers.keys()])].map(factsOf);
  const isPinned = new Set(inFolder(pins, PINS_PREFIX));
  await pMap(
    facts.filter(({ name }) => isPinned.has(name)),
    async (one) => Object.assign(one, await pinOf(store, one)),
    { concurrency: readsAtOnce },
  );
  const fleet = await listFleet(hosts, facts.flatMap(groupsOf), () => {});
  const lives = await livesOf({ store, stack }, { facts, fleet, records: found, now });
  for (const one of facts) Object.assign(one, { fleet, lives });
  return facts;
}

/** As a scan takes it; one that has ended is the next scan's. */
async function pinOf(store: StatusReads['store'], facts: HealthFacts): Promise<Pick<HealthFacts, 'pin'>> {
  const { name, file, revocations, now } = facts;
  if (!file || 'rejected' in file) return {};
  const known = revocations === 'unreadable' ? [] : revocations;
  const pin = await findPin(store, name, { live: liveOf(facts), names: file.names, revocations: known, now });
  return { pin: heldPin(pin) };
}

function livesOf(
  { store, stack }: Pick<StatusReads, 'store' | 'stack'>,
  {
    facts,
    fleet,
    records,
    now,
  }: {
    facts: readonly HealthFacts[];
    fleet: HealthFacts['fleet'];
    records: readonly HostRecord[];
    now: Date;
  },
) {
  const wanted = facts.map((one) => ({
    name: one.name,
    version: liveOf(one)?.version,
    groups: groupsOf(one),
  }));
  const hosts = new Map(
    [...fleet].map(([group, found]) => [group, found.map(({ instanceId }) => instanceId)]),
  );
  const byId = new Map(records.map((record) => [record.instanceId, record]));
  return readLives(store, wanted, { groups: stack.hostGroups, hosts, records: byId, now });
}

/** Reads the objects of one kind. */
function readerOf(store: StatusReads['store'], concurrency: number) {
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

function readFile(text: string, name: string, stack: Stack): HealthFacts['file'] {
  try {
    return { ...parseRenewalFile(text, name, stack), stack };
  } catch (error) {
    return { rejected: describeError(error).message };
  }
}
