import { type HostRecord, hasFailed, runOf } from './host-record.ts';
import { splitNames } from './split-names.ts';

/** Certificates that hosts of a group lack. */
export interface Deployment {
  group: string;
  names: string[];
  reason: 'host-behind' | 'host-new' | 'revoked';
  /** The hosts that made it due. */
  hosts: string[];
}

export interface DeploymentFacts {
  /** Certificates with a live version, and the groups that serve them. */
  certificates: readonly {
    name: string;
    version: string;
    groups: readonly string[];
    /** Versions that are revoked. */
    revoked?: readonly string[];
  }[];
  /** Hosts online, by group. */
  hosts: ReadonlyMap<string, readonly string[]>;
  records: ReadonlyMap<string, HostRecord>;
}

/**
 * For each group, the certificates whose live version an online host lacks, in as many deployments as commands; those of which
 * one has a revoked version go apart, and first.
 */
export function decideDeployments({ certificates, hosts, records }: DeploymentFacts): Deployment[] {
  return [...hosts].flatMap(([group, instanceIds]) => {
    const wanted = certificates.filter(({ groups }) => groups.includes(group));
    const lagging = instanceIds.map((id) => ({
      id,
      isNew: !records.has(id),
      names: wanted
        .filter(({ name, version }) => isLacking(runOf(records.get(id), name), version))
        .map(({ name }) => name),
    }));
    const behind = lagging.filter(({ names }) => names.length > 0);
    if (behind.length === 0) return [];
    const names = [...new Set(behind.flatMap((host) => host.names))].sort();
    const reason = behind.every(({ isNew }) => isNew) ? 'host-new' : 'host-behind';
    const urgent = wanted
      .filter(({ name, revoked = [] }) =>
        behind.some(({ id }) => revoked.includes(runOf(records.get(id), name)?.version ?? '')),
      )
      .map(({ name }) => name);
    const partOf = (part: string[], why: Deployment['reason']): Deployment => {
      const lacking = behind.filter((host) => host.names.some((name) => part.includes(name)));
      return { group, names: part, reason: why, hosts: lacking.map(({ id }) => id) };
    };
    const others = names.filter((name) => !urgent.includes(name));
    return [
      ...splitNames(names.filter((name) => urgent.includes(name))).map((part) => partOf(part, 'revoked')),
      ...splitNames(others).map((part) => partOf(part, reason)),
    ];
  });
}

/** Also where the version is there and a later command failed: nobody knows what is served now. */
function isLacking(recorded: HostRecord['lineages'][string] | undefined, version: string): boolean {
  return recorded?.version !== version || hasFailed(recorded);
}
