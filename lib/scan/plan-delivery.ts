import pMap from 'p-map';
import { readAcmRecord } from '../delivery/acm/record-import.ts';
import { decideImports } from '../delivery/acm/rules/decide-imports.ts';
import type { Host } from '../delivery/deployment/hosts.ts';
import { readHostRecords } from '../delivery/deployment/read-host-records.ts';
import { decideDeployments } from '../delivery/deployment/rules/decide-deployments.ts';
import { ACM_PREFIX, namesIn } from '../foundation/certificate/object-keys.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import type { AssessDeps, Assessment } from './context.ts';
import type { Plan } from './rules/plan.ts';

type Deployed = NonNullable<Assessment['deployed']>;

const READS_AT_ONCE = 32;

/**
 * Adds to the plan what online hosts have to fetch; what cannot be read is a warning, and the rest goes on. Returns the groups
 * with hosts online, and the hosts of the certificates' groups and of those that are listed `besides`, if every group could
 * be listed.
 */
export async function planDeployments(
  { store, hosts: port, besides }: Pick<AssessDeps, 'store' | 'hosts'> & { besides: readonly string[] },
  plan: Plan,
  certificates: readonly Deployed[],
): Promise<{ groupsOnline: string[]; listed: ReadonlyMap<string, readonly Host[]> | undefined }> {
  const groups = new Set([...certificates.flatMap((certificate) => certificate.groups), ...besides]);
  const listed = new Map<string, Host[]>();
  if (groups.size === 0) return { groupsOnline: [], listed };
  const warn = (error: unknown) => plan.warnings.push(describeError(error).message);
  for (const group of groups) await port.inGroup(group).then((hosts) => listed.set(group, hosts), warn);
  const online = [...listed].map(([group, hosts]) => {
    const ids = hosts.filter((host) => host.online).map(({ instanceId }) => instanceId);
    return [group, ids] as const;
  });
  const hosts = new Map(online);
  let groupsOnline: string[] = [];
  try {
    const records = await readHostRecords({ store }, [...hosts.values()].flat(), warn);
    plan.deployments = decideDeployments({ certificates, hosts, records });
    groupsOnline = [...hosts].flatMap(([group, online]) => (online.length > 0 ? group : []));
  } catch (error) {
    warn(error);
  }
  return { groupsOnline, listed: listed.size === groups.size ? listed : undefined };
}

/** Adds to the plan the certificates that ACM lacks; what cannot be read is a warning, and the rest goes on. */
export async function planImports(
  { store }: Pick<AssessDeps, 'store'>,
  plan: Plan,
  certificates: readonly Deployed[],
): Promise<void> {
  try {
    const recorded = new Set(namesIn(await store.list(ACM_PREFIX), ACM_PREFIX));
    const assess = async ({ name, version, acm: wanted = [] }: Deployed) => {
      if (wanted.length === 0 && !recorded.has(name)) return [];
      const record = recorded.has(name) ? await readAcmRecord(store, name) : undefined;
      const { due, unwanted } = decideImports({ wanted, record, version });
      return due.length + unwanted.length > 0 ? [name] : [];
    };
    plan.imports = (await pMap(certificates, assess, { concurrency: READS_AT_ONCE })).flat();
  } catch (error) {
    plan.warnings.push(describeError(error).message);
  }
}
