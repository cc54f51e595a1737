import pMap from 'p-map';
import { readAcmRecord } from '../delivery/acm/record-import.ts';
import { type AcmRecord, decideImports } from '../delivery/acm/rules/decide-imports.ts';
import type { Host } from '../delivery/deployment/hosts.ts';
import { listFleet } from '../delivery/deployment/list-fleet.ts';
import { readAllRecords, readHostRecords } from '../delivery/deployment/read-host-records.ts';
import { readLives } from '../delivery/deployment/read-lives.ts';
import type { Lives } from '../delivery/deployment/rules/decide-delivery.ts';
import { decideDeployments, decideWaiting } from '../delivery/deployment/rules/decide-deployments.ts';
import type { HostRecord } from '../delivery/deployment/rules/host-record.ts';
import { ACM_PREFIX, namesIn } from '../foundation/certificate/object-keys.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import type { AssessDeps, Assessment } from './context.ts';
import type { Plan } from './rules/plan.ts';

type Deployed = NonNullable<Assessment['deployed']>;

const READS_AT_ONCE = 32;

/** The hosts of each group that could be listed, and what hosts have reported. */
export interface SeenFleet {
  listed: ReadonlyMap<string, readonly Host[]>;
  /** Whether every group could be listed. */
  isWhole: boolean;
  records: ReadonlyMap<string, HostRecord>;
  /** Whether some of the records could not be read, so that nobody knows what those hosts have. */
  unseen: boolean;
  /** Of what hosts have instead of what is live, where they are not to be touched now. */
  lives: Lives;
}

/**
 * Adds to the plan what online hosts of the certificates have to fetch, and what waits for a window; what cannot be read is a
 * warning, and the rest goes on. Returns the groups with hosts online, and the hosts of the certificates' groups and of those
 * that are listed `besides`. Where it `judgesAll`, hosts that are in no list count too: what is revoked may still be there.
 */
export async function planDeployments(
  {
    store,
    hosts: port,
    stack: { hostGroups },
    besides,
    judgesAll,
    now,
  }: Pick<AssessDeps, 'store' | 'hosts' | 'stack'> & {
    besides: readonly string[];
    judgesAll: boolean;
    now: Date;
  },
  plan: Plan,
  certificates: readonly Deployed[],
): Promise<SeenFleet & { groupsOnline: string[] }> {
  const groups = new Set([...certificates.flatMap((certificate) => certificate.groups), ...besides]);
  const warn = (error: unknown) => plan.warnings.push(describeError(error).message);
  const listed = await listFleet(port, groups, warn);
  const fleet = { listed, isWhole: listed.size === groups.size };
  const online = [...listed].map(([group, hosts]) => {
    const ids = hosts.filter((host) => host.online).map(({ instanceId }) => instanceId);
    return [group, ids] as const;
  });
  const hosts = new Map(online);
  try {
    const all = [...listed.values()].flat().map(({ instanceId }) => instanceId);
    const known = all.length === 0 ? new Map() : await readHostRecords({ store }, all, warn);
    const warnAtSweep = plan.start === 'weekly-sweep' ? warn : () => {};
    const others = judgesAll ? await othersOf(store, new Set(all), warnAtSweep) : undefined;
    const records = new Map([...known, ...(others?.records ?? [])]);
    const had = new Map(
      [...listed].map(([group, found]) => [group, found.map(({ instanceId }) => instanceId)]),
    );
    const lives = await readLives(store, certificates, { groups: hostGroups, hosts: had, records, now });
    const times = new Map(hostGroups.map((group) => [group.name, group]));
    const facts = { certificates, hosts, records, delivery: { times, lives, now } };
    plan.deployments = decideDeployments(facts);
    plan.waiting = decideWaiting(facts);
    const groupsOnline = [...hosts].flatMap(([group, online]) => (online.length > 0 ? group : []));
    return { ...fleet, records, unseen: others?.unseen ?? false, lives, groupsOnline };
  } catch (error) {
    warn(error);
    return { ...fleet, records: new Map(), unseen: true, lives: new Map(), groupsOnline: [] };
  }
}

/** The records of hosts that are in no list. One that the bucket does not give holds up no other, and is `unseen`. */
async function othersOf(
  store: AssessDeps['store'],
  listed: ReadonlySet<string>,
  warn: (error: unknown) => void,
) {
  let unseen = false;
  const get = (key: string) =>
    store.get(key).catch((error) => {
      unseen = true;
      warn(error);
      return undefined;
    });
  const from = { store: { list: store.list.bind(store), get } };
  const records = await readAllRecords(from, { isWanted: (id) => !listed.has(id), warn });
  return { records, unseen };
}

/**
 * Adds to the plan the certificates that ACM lacks; what cannot be read is a warning, and the rest goes on. Returns the records
 * that were read, by certificate.
 */
export async function planImports(
  { store }: Pick<AssessDeps, 'store'>,
  plan: Plan,
  certificates: readonly Deployed[],
): Promise<Map<string, AcmRecord>> {
  const records = new Map<string, AcmRecord>();
  if (certificates.length === 0) return records;
  try {
    const recorded = new Set(namesIn(await store.list(ACM_PREFIX), ACM_PREFIX));
    const assess = async ({ name, version, acm: wanted = [] }: Deployed) => {
      if (wanted.length === 0 && !recorded.has(name)) return [];
      const record = recorded.has(name) ? await readAcmRecord(store, name) : undefined;
      if (record) records.set(name, record);
      const { due, unwanted } = decideImports({ wanted, record, version });
      return due.length + unwanted.length > 0 ? [name] : [];
    };
    plan.imports = (await pMap(certificates, assess, { concurrency: READS_AT_ONCE })).flat();
  } catch (error) {
    plan.warnings.push(describeError(error).message);
  }
  return records;
}
