import pMap from 'p-map';
import { type DeploymentFacts, decideDeployments } from '../core/decide-deployments.ts';
import { HostRecord } from '../core/host-record.ts';
import { HOSTS_PREFIX } from '../core/object-keys.ts';
import { parseJson } from '../core/parse-json.ts';
import type { Plan } from '../core/plan.ts';
import type { Hosts } from '../ports/hosts.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { oneLineOf } from './failure.ts';

const READS_AT_ONCE = 32;

/** Adds to the plan what hosts that are online have to fetch; what cannot be asked is a warning, and the rest goes on. */
export async function planDeployments(
  deps: { store: ObjectStore; hosts: Hosts },
  plan: Plan,
  certificates: DeploymentFacts['certificates'],
): Promise<void> {
  const groups = new Set(certificates.flatMap((certificate) => certificate.groups));
  if (groups.size === 0) return;
  const warn = (error: unknown) => plan.warnings.push(oneLineOf(error).message);
  const hosts = new Map<string, string[]>();
  for (const group of groups) {
    try {
      const inGroup = await deps.hosts.inGroup(group);
      hosts.set(
        group,
        inGroup.filter(({ online }) => online).map(({ instanceId }) => instanceId),
      );
    } catch (error) {
      warn(error);
    }
  }
  try {
    const records = await readRecords(deps, [...hosts.values()].flat(), warn);
    plan.deployments = decideDeployments({ certificates, hosts, records });
  } catch (error) {
    warn(error);
  }
}

/** The hosts' records; one that cannot be read is warned of and counts as none, so its host is told again. */
async function readRecords(
  { store }: { store: ObjectStore },
  instanceIds: readonly string[],
  warn: (error: unknown) => void,
): Promise<Map<string, HostRecord>> {
  const kept = new Set((await store.list(HOSTS_PREFIX)).map(({ key }) => key));
  const records = new Map<string, HostRecord>();
  const read = async (id: string) => {
    const key = `${HOSTS_PREFIX}${id}.json`;
    const stored = kept.has(key) ? await store.get(key) : undefined;
    if (!stored) return;
    try {
      records.set(id, parseJson(stored.body, HostRecord, { where: key, reason: 'host-record-malformed' }));
    } catch (error) {
      warn(error);
    }
  };
  await pMap(new Set(instanceIds), read, { concurrency: READS_AT_ONCE });
  return records;
}
