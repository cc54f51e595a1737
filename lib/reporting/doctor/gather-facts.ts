import { readAcmRecord } from '../../delivery/acm/record-import.ts';
import type { Hosts, TaggedInstances } from '../../delivery/deployment/hosts.ts';
import { readAllRecords } from '../../delivery/deployment/read-host-records.ts';
import { readLives } from '../../delivery/deployment/read-lives.ts';
import { HostRecord } from '../../delivery/deployment/rules/host-record.ts';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { findPointer, readLive } from '../../foundation/bucket/read-pointer.ts';
import { identifierOf } from '../../foundation/certificate/domain-name.ts';
import type { HostGroup } from '../../foundation/certificate/host-group.ts';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import { accountKey, hostKey } from '../../foundation/certificate/object-keys.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { once } from '../../foundation/common/once.ts';
import { parseJson } from '../../foundation/common/parse-json.ts';
import type { DescribeAccount } from '../../issuance/ca/accounts.ts';
import { casOf } from '../../issuance/ca/rules/ca-list.ts';
import type { Resolver } from '../../issuance/dns/resolver.ts';
import { isPersistent } from '../../issuance/dns/rules/persist-record.ts';
import type { ValidatingResolver } from '../../issuance/dns/validating-resolver.ts';
import type { Zones } from '../../issuance/dns/zones.ts';
import { findPin, heldPin } from '../../issuance/renewal/read-pin.ts';
import { findState } from '../../issuance/renewal/read-state.ts';
import { findRevocations } from '../../issuance/revocation/read-revocations.ts';
import type { Subscriptions } from '../notices/mailbox.ts';
import { answerOf, dnsReader } from './read-dns.ts';
import { dnssecReader } from './read-dnssec.ts';
import type { AccountFacts, CertificateFacts, DirectoryFacts, GroupFacts } from './rules/facts.ts';
import { foundOr } from './rules/finding.ts';

/** What `doctor` reads, through the methods of the ports that change nothing. */
export interface DoctorDeps {
  store: Pick<ObjectStore, 'list' | 'get'>;
  /** The zones of the stack's own account, or those that a zone role leads to. */
  zonesOf(role: string | undefined): Pick<Zones, 'list' | 'nameServers' | 'records'>;
  hosts: Pick<Hosts, 'inGroup'>;
  instances: TaggedInstances;
  resolver: Pick<Resolver, 'ns' | 'cname' | 'caa' | 'txt'>;
  validating: ValidatingResolver;
  describeAccount: DescribeAccount;
  subscriptions: Subscriptions;
  /** A CA's directory: its name in CAA records, and its profiles. */
  readDirectory(url: string): Promise<DirectoryFacts>;
  stack: Stack;
}

/** Gathers the facts of a certificate; what several certificates share is read once. */
export function factsGatherer(deps: DoctorDeps, now: Date): (wanted: Wanted) => Promise<CertificateFacts> {
  const { store, stack } = deps;
  const dnsOf = once((role: string | undefined) => dnsReader(deps.zonesOf(role), deps.resolver));
  const readDnssec = dnssecReader(deps.validating);
  const accountAt = once((directoryUrl: string) => readAccount(deps, directoryUrl));
  const recordOf = once((instanceId: string) => answerOf(readRecord(store, instanceId)));
  const readHosts = async (group: string) => {
    const hosts = await deps.hosts.inGroup(group);
    return Promise.all(hosts.map(async (host) => ({ ...host, record: await recordOf(host.instanceId) })));
  };
  const hostsIn = once((group: string) => answerOf(readHosts(group)));
  const unmanagedIn = once((group: string) => answerOf(deps.instances.inGroup(group)));
  const groupFacts = async (group: HostGroup): Promise<GroupFacts> => {
    const hosts = await hostsIn(group.name);
    // Where there are hosts, the others are none that anybody waits for.
    const isEmpty = 'found' in hosts && hosts.found.length === 0;
    return { group, hosts, ...(isEmpty && { unmanaged: await unmanagedIn(group.name) }) };
  };
  return async (wanted) => {
    const dns = dnsOf(wanted.zoneRole);
    const identifiers = [...new Set(wanted.names.map(identifierOf))];
    const groups = stack.hostGroups.filter(({ name }) => wanted.hosts.includes(name));
    const places = await Promise.all(identifiers.map(dns.identifier));
    const seen = await Promise.all(groups.map(groupFacts));
    const live = await answerOf(readLive(store, wanted.name).then((found) => found?.pointer));
    return {
      wanted,
      stack,
      kept: await answerOf(readKept(store, wanted, now)),
      live,
      identifiers: places,
      dnssec: await readDnssec(wanted, places),
      caa: (await Promise.all(wanted.names.map(dns.relevantSets))).flat(),
      account: await accountAt(casOf(wanted, stack)[0] ?? stack.defaultCa),
      ...(isPersistent(wanted) && {
        standing: {
          places: await Promise.all(identifiers.map(dns.persistRecords)),
          state: await answerOf(findState(store, wanted.name, now).then(({ state }) => state)),
        },
      }),
      groups: seen,
      lives: foundOr(
        await answerOf(livesOf(deps, { wanted, live: foundOr(live, undefined), seen }, now)),
        new Map(),
      ),
      now,
    };
  };
}

function livesOf(
  { store, stack }: DoctorDeps,
  { wanted, live, seen }: { wanted: Wanted; live: LivePointer | undefined; seen: readonly GroupFacts[] },
  now: Date,
) {
  const { name } = wanted;
  const hosts = new Map(seen.map(({ group, hosts: found }) => [group.name, foundOr(found, [])]));
  const records = [...hosts.values()].flat().flatMap(({ record }) => foundOr(record, undefined) ?? []);
  const asked = [{ name, version: live?.version, groups: [...hosts.keys()] }];
  return readLives(store, asked, {
    groups: stack.hostGroups,
    hosts: new Map([...hosts].map(([group, found]) => [group, found.map(({ instanceId }) => instanceId)])),
    records: new Map(records.map((record) => [record.instanceId, record])),
    now,
  });
}

async function readKept(store: DoctorDeps['store'], { name, names }: Wanted, now: Date) {
  const [found, { state }, revocations, acm] = await Promise.all([
    findPointer(store, name),
    findState(store, name, now),
    findRevocations(store, name),
    readAcmRecord(store, name),
  ]);
  const known = revocations === 'unreadable' ? [] : revocations;
  const about = { live: found?.pointer, names, revocations: known, state, now };
  const pin = heldPin(await findPin(store, name, about));
  const isRevoked = revocations !== 'unreadable' && revocations.length > 0;
  const records = isRevoked ? [...(await readAllRecords({ store })).values()] : [];
  return {
    pointer: found && (found.pointer ?? ('unreadable' as const)),
    state,
    revocations,
    pin,
    acm,
    records,
  };
}

async function readAccount(deps: DoctorDeps, directoryUrl: string): Promise<AccountFacts> {
  const { agreeToTerms, caaIdentity: ofStack } = deps.stack;
  const readDirectory = async () => {
    const { caaIdentity = ofStack, ...others } = await deps.readDirectory(directoryUrl);
    return { ...others, caaIdentity };
  };
  const [directory, kept] = await Promise.all([
    answerOf(readDirectory()),
    answerOf(deps.describeAccount(directoryUrl)),
  ]);
  return { directoryUrl, directory, key: accountKey(directoryUrl), kept, agreeToTerms };
}

async function readRecord(store: DoctorDeps['store'], instanceId: string): Promise<HostRecord | undefined> {
  const where = hostKey(instanceId);
  const stored = await store.get(where);
  return stored && parseJson(stored.body, HostRecord, { where, reason: 'host-record-malformed' });
}
