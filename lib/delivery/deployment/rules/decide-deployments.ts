import { deliveryTo, hasNothing, type Lives, type Times } from './decide-delivery.ts';
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

/** Certificates that hosts of a group lack, and get when its hosts may be touched again. */
export interface WaitingDeployment {
  group: string;
  names: string[];
  hosts: string[];
  reason: 'outside-window' | 'frozen';
  /** ISO 8601 in UTC. */
  until: string;
}

export interface DeploymentFacts {
  /** Certificates with a live version, and the groups that serve them. */
  certificates: readonly {
    name: string;
    version: string;
    groups: readonly string[];
    /** Versions that are revoked. */
    revoked?: readonly string[];
    /** Whether its renewal is due, which brings them a newer version; a new host does not wait for that. */
    awaitsRenewal?: boolean;
  }[];
  /** Hosts online, by group. */
  hosts: ReadonlyMap<string, readonly string[]>;
  records: ReadonlyMap<string, HostRecord>;
  /** When the hosts of a group may be touched, by group, and what else decides that; at any time when absent. */
  delivery?: { times: ReadonlyMap<string, Times>; lives: Lives; now: Date };
}

interface Lagging {
  id: string;
  isNew: boolean;
  names: string[];
  waiting: { name: string; reason: WaitingDeployment['reason']; until: Date }[];
}

/**
 * For each group, the certificates whose live version an online host lacks, in as many deployments as commands; those of which
 * one has a revoked version go apart, and first. What has to wait is left out.
 */
export function decideDeployments(facts: DeploymentFacts): Deployment[] {
  return [...facts.hosts].flatMap(([group, ids]) => {
    const lagging = laggingOf(facts, group, ids);
    const behind = lagging.filter(({ names }) => names.length > 0);
    // A host gets what it is sent: beside those that wait, each gets exactly what does not.
    const isExact = lagging.some(({ waiting }) => waiting.length > 0);
    const parts = isExact ? Object.values(Object.groupBy(behind, ({ names }) => names.join())) : [behind];
    return parts.flatMap((part = []) => deploymentsTo(facts, group, part));
  });
}

/** What waits for a window of a group, or for the end of a freeze. */
export function decideWaiting(facts: DeploymentFacts): WaitingDeployment[] {
  return [...facts.hosts].flatMap(([group, ids]) => {
    const held = laggingOf(facts, group, ids).filter(({ waiting }) => waiting.length > 0);
    const [first] = held.flatMap(({ waiting }) => waiting);
    if (!first) return [];
    const names = [...new Set(held.flatMap(({ waiting }) => waiting.map(({ name }) => name)))].sort();
    const { reason, until } = first;
    return { group, names, hosts: held.map(({ id }) => id), reason, until: until.toISOString() };
  });
}

function laggingOf(
  { certificates, records, delivery }: DeploymentFacts,
  group: string,
  ids: readonly string[],
): Lagging[] {
  const wanted = certificates.filter(({ groups }) => groups.includes(group));
  const times = delivery?.times.get(group) ?? {};
  return ids.map((id) => {
    const record = records.get(id);
    const lagging: Lagging = { id, isNew: record === undefined, names: [], waiting: [] };
    for (const { name, version, revoked = [], awaitsRenewal } of wanted) {
      if ((awaitsRenewal && !hasNothing(record)) || !isLacking(runOf(record, name), version)) continue;
      const decision = delivery && deliveryTo(record, name, { ...delivery, times, revoked });
      if (decision?.action === 'wait') lagging.waiting.push({ name, ...decision });
      else lagging.names.push(name);
    }
    return lagging;
  });
}

function deploymentsTo(
  { certificates, records }: DeploymentFacts,
  group: string,
  behind: readonly Lagging[],
): Deployment[] {
  if (behind.length === 0) return [];
  const names = [...new Set(behind.flatMap((host) => host.names))].sort();
  const reason = behind.every(({ isNew }) => isNew) ? 'host-new' : 'host-behind';
  const urgent = certificates
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
}

/** Also where the version is there and a later command failed: nobody knows what is served now. */
function isLacking(recorded: HostRecord['lineages'][string] | undefined, version: string): boolean {
  return recorded?.version !== version || hasFailed(recorded);
}
