import { type HostRecord, hasFailed, runOf } from '../../delivery/deployment/rules/host-record.ts';
import { inShort } from '../../foundation/common/in-short.ts';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import { groupsOf, type HealthFacts, type Judgement, liveOf, type SeenHost } from './health.ts';

const HOSTS_NAMED = 5;

/** What a host that is wanted made of the live version. */
export interface HostStatus extends SeenHost {
  group: string;
  /** As it last reported, or that it never did. */
  outcome: string;
  /** The version that was last installed well. */
  version?: string;
  isLive: boolean;
  /** Whether the live version is there, and was not seen to be served by anything that could. */
  isUnserved: boolean;
}

/** Whether every host that is wanted is known and serves what is live: the worst trouble of all groups. */
export function judgeHosts(facts: HealthFacts): Judgement | undefined {
  if (!liveOf(facts)) return undefined;
  const groups = groupsOf(facts);
  const hosts = hostsOf(facts);
  return (
    ofUnlisted(groups.filter((group) => !facts.fleet.has(group))) ??
    ofEmpty(
      groups.filter((group) => facts.fleet.get(group)?.length === 0),
      facts.region,
    ) ??
    ofOffline(groups.filter((group) => isOffline(hosts, group))) ??
    ofBehind(hosts.filter(({ isLive }) => !isLive)) ??
    ofUnserved(hosts.filter(({ isUnserved }) => isUnserved))
  );
}

function ofUnlisted(groups: readonly string[]): Judgement | undefined {
  if (groups.length === 0) return undefined;
  const seen = `Systems Manager did not tell the hosts of ${groups.join(', ')}`;
  return { health: 'hosts-unknown', seen, remedy: 'allow ssm:DescribeInstanceInformation, or ask again' };
}

function ofEmpty(groups: readonly string[], region: string): Judgement | undefined {
  if (groups.length === 0) return undefined;
  const seen = `no host in ${region} carries the tag ${groups.map((group) => `perennial-group=${group}`).join(', ')}`;
  const remedy =
    'tag a host that the SSM agent runs on, or take the group out of the renewal file; a stack reaches the hosts of its own region only';
  return { health: 'no-hosts', seen, remedy };
}

function isOffline(hosts: readonly HostStatus[], group: string): boolean {
  const members = hosts.filter((host) => host.group === group);
  return members.length > 0 && members.every(({ online }) => !online);
}

function ofOffline(groups: readonly string[]): Judgement | undefined {
  if (groups.length === 0) return undefined;
  const remedy = 'start the hosts, or their SSM agents; the next check that finds them online deploys';
  return { health: 'hosts-offline', seen: `no host of ${groups.join(', ')} is online`, remedy };
}

function ofBehind(hosts: readonly HostStatus[]): Judgement | undefined {
  if (hosts.length === 0) return undefined;
  const online = hosts.filter((host) => host.online);
  const named = hosts.map(({ instanceId, outcome, ...host }) => {
    return `${instanceId} ${outcome}${host.online ? '' : ', offline'}`;
  });
  const remedy =
    online.length > 0
      ? 'the next hourly check tells them again; doctor has what they said'
      : 'start them, or their SSM agents; the next check that finds them online deploys';
  return { health: 'hosts-behind', seen: `not on the live version: ${inShort(named, HOSTS_NAMED)}`, remedy };
}

function ofUnserved(hosts: readonly HostStatus[]): Judgement | undefined {
  if (hosts.length === 0) return undefined;
  const named = hosts.map(({ instanceId }) => instanceId);
  const remedy =
    'let a server there use live/<name>/ of this certificate, or give "serverNames" where it has only wildcards';
  const seen = `installed, and not seen to be served on ${inShort(named, HOSTS_NAMED)}`;
  return { health: 'not-served', seen, remedy };
}

/** The hosts with the tag of the certificate's groups, with their last reports of it. */
export function hostsOf(facts: HealthFacts): HostStatus[] {
  const { name, records, fleet } = facts;
  const runs = new Map(records.map((record) => [record.instanceId, runOf(record, name)]));
  return groupsOf(facts).flatMap((group) => {
    // Without a list there are those that ever reported.
    const reported = records.filter((record) => record.group === group && runOf(record, name));
    const hosts = fleet.get(group) ?? reported.map(({ instanceId }) => ({ instanceId, online: true }));
    return hosts.map((host) => ({ ...hostOf(host, runs.get(host.instanceId), liveOf(facts)), group }));
  });
}

type Run = HostRecord['lineages'][string];

function hostOf(
  { instanceId, online }: SeenHost,
  run: Run | undefined,
  live: { version: string } | undefined,
): Omit<HostStatus, 'group'> {
  if (!run) return { instanceId, online, outcome: 'never-reported', isLive: false, isUnserved: false };
  const { version, outcome, reason = '' } = run;
  const isLive = version === live?.version && !hasFailed(run);
  const isSeen = outcome === 'served' || outcome === 'unchanged';
  const isUnserved = isLive && !isSeen && !isOfKind(reason, 'nothing-there');
  return { instanceId, online, outcome, isLive, isUnserved, ...(version !== undefined && { version }) };
}
