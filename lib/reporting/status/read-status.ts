import pMap from 'p-map';
import { AcmRecord } from '../../delivery/acm/rules/decide-imports.ts';
import type { Host, Hosts } from '../../delivery/deployment/hosts.ts';
import { listFleet } from '../../delivery/deployment/list-fleet.ts';
import { readLives } from '../../delivery/deployment/read-lives.ts';
import { HostRecord } from '../../delivery/deployment/rules/host-record.ts';
import type { Reads } from '../../foundation/bucket/object-store.ts';
import { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import {
  acmKey,
  hostKey,
  liveKey,
  renewalKey,
  revokedKey,
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
import { listBucket } from './list-bucket.ts';
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

/** Certificates whose facts are read, judged and forgotten together: those of a hundred thousand do not fit into memory. */
const LOT = 1000;

/**
 * The status of every certificate that is wanted or live, and of each object that does not belong where it is, the soonest
 * trouble first. Only reads.
 */
export async function readStatus(reads: StatusReads, asked: Asked): Promise<CertificateStatus[]> {
  const found: CertificateStatus[] = [];
  for await (const lot of factsInLots(reads, asked)) for (const one of lot) found.push(statusOf(one));
  return found.sort(bySoonestTrouble);
}

/** What the health of each certificate is judged by. */
export async function readHealthFacts(reads: StatusReads, asked: Asked): Promise<HealthFacts[]> {
  const found: HealthFacts[] = [];
  for await (const lot of factsInLots(reads, asked)) for (const one of lot) found.push(one);
  return found;
}

async function* factsInLots(reads: StatusReads, asked: Asked): AsyncGenerator<HealthFacts[]> {
  const { store, hosts, stack } = reads;
  const { now } = asked;
  const listed = await listBucket(store, asked.only);
  const readAll = readerOf(store, asked.readsAtOnce);
  const reported = await readAll(hostKey, listed.reported, (text) => orNone(text, HostRecord));
  const records = [...reported.values()].flatMap((record) => record ?? []);
  const fleet = new Map<string, Host[]>();
  const known = new Set<string>();
  const names = [...new Set([...listed.renewal, ...listed.rejected.keys(), ...listed.live])];
  for (let start = 0; start < names.length; start += LOT) {
    const lot = names.slice(start, start + LOT);
    const facts = await readLot({ store, stack, readAll }, { listed, lot, records, fleet, asked });
    const groups = facts.flatMap(groupsOf).filter((group) => !known.has(group));
    for (const [group, found] of await listFleet(hosts, groups, () => {})) fleet.set(group, found);
    for (const group of groups) known.add(group);
    const lives = await livesOf({ store, stack }, { facts, fleet, records, now });
    for (const one of facts) one.lives = lives;
    yield facts;
  }
}

interface Lot {
  listed: Awaited<ReturnType<typeof listBucket>>;
  lot: readonly string[];
  records: readonly HostRecord[];
  fleet: HealthFacts['fleet'];
  asked: Asked;
}

async function readLot(
  { store, stack, readAll }: Pick<StatusReads, 'store' | 'stack'> & { readAll: ReturnType<typeof readerOf> },
  { listed, lot, records, fleet, asked: { now, readsAtOnce } }: Lot,
): Promise<HealthFacts[]> {
  const those = (names: ReadonlySet<string>) => lot.filter((name) => names.has(name));
  const [files, pointers, states, revocations, imports] = await Promise.all([
    readAll(renewalKey, those(listed.renewal), (text, name) => readFile(text, name, stack)),
    readAll(liveKey, those(listed.live), (text) => orNone(text, LivePointer) ?? 'unreadable'),
    readAll(stateKey, those(listed.state), (text) => parseState(text, now)),
    readAll(revokedKey, those(listed.revoked), (text) => ({ found: revocationsIn(text) })),
    readAll(acmKey, those(listed.acm), (text) => orNone(text, AcmRecord)),
  ]);
  const factsOf = (name: string): HealthFacts => {
    const rejected = listed.rejected.get(name);
    return {
      name,
      wanted: listed.renewal.has(name) || rejected !== undefined,
      file: rejected === undefined ? files.get(name) : { rejected },
      pointer: pointers.get(name),
      state: states.get(name),
      revocations: revocations.get(name)?.found ?? [],
      acm: imports.get(name),
      records,
      fleet,
      region: stack.region,
      now,
    };
  };
  const facts = lot.map(factsOf).filter(({ wanted, pointer }) => wanted || pointer !== undefined);
  const pinned = facts.filter(({ name }) => listed.pins.has(name));
  const pin = async (one: HealthFacts) => Object.assign(one, await pinOf(store, one));
  await pMap(pinned, pin, { concurrency: readsAtOnce });
  return facts;
}

/** As a scan takes it; one that has ended is the next scan's. */
async function pinOf(store: StatusReads['store'], facts: HealthFacts): Promise<Pick<HealthFacts, 'pin'>> {
  const { name, file, revocations, state, now } = facts;
  if (!file || 'rejected' in file) return {};
  const known = revocations === 'unreadable' ? [] : revocations;
  const about = { live: liveOf(facts), names: file.names, revocations: known, state, now };
  const pin = await findPin(store, name, about);
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
