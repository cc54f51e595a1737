import type { Hosts } from '../delivery/deployment/hosts.ts';
import { readHostRecords } from '../delivery/deployment/read-host-records.ts';
import { type DeploymentFacts, decideDeployments } from '../delivery/deployment/rules/decide-deployments.ts';
import type { Reads } from '../foundation/bucket/indexed-reads.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import type { Plan } from './rules/plan.ts';

/** Adds to the plan what hosts that are online have to fetch; what cannot be asked is a warning, and the rest goes on. */
export async function planDeployments(
  deps: { store: Reads; hosts: Hosts },
  plan: Plan,
  certificates: DeploymentFacts['certificates'],
): Promise<void> {
  const groups = new Set(certificates.flatMap((certificate) => certificate.groups));
  if (groups.size === 0) return;
  const warn = (error: unknown) => plan.warnings.push(describeError(error).message);
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
    const records = await readHostRecords(deps, [...hosts.values()].flat(), warn);
    plan.deployments = decideDeployments({ certificates, hosts, records });
  } catch (error) {
    warn(error);
  }
}
