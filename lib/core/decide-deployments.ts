import type { HostRecord } from './host-record.ts';

/** Certificates that hosts of a group have to fetch. */
export interface Deployment {
  group: string;
  names: string[];
  reason: 'host-behind' | 'host-new';
  /** The hosts that made it due. */
  hosts: string[];
}

export interface DeploymentFacts {
  /** Certificates with a live version, and the groups that serve them. */
  certificates: readonly { name: string; version: string; groups: readonly string[] }[];
  /** Hosts online, by group. */
  hosts: ReadonlyMap<string, readonly string[]>;
  records: ReadonlyMap<string, HostRecord>;
}

/** One deployment a group where an online host does not hold the live version of a certificate it serves. */
export function decideDeployments({ certificates, hosts, records }: DeploymentFacts): Deployment[] {
  return [...hosts].flatMap(([group, instanceIds]) => {
    const wanted = certificates.filter(({ groups }) => groups.includes(group));
    const lagging = instanceIds.map((id) => ({
      id,
      isNew: !records.has(id),
      names: wanted
        .filter(({ name, version }) => records.get(id)?.lineages[name]?.version !== version)
        .map(({ name }) => name),
    }));
    const behind = lagging.filter(({ names }) => names.length > 0);
    if (behind.length === 0) return [];
    const names = [...new Set(behind.flatMap((host) => host.names))].sort();
    const reason = behind.every(({ isNew }) => isNew) ? 'host-new' : 'host-behind';
    return [{ group, names, reason, hosts: behind.map(({ id }) => id) } satisfies Deployment];
  });
}
