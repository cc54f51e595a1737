import { deliveryTo } from '../../delivery/deployment/rules/decide-delivery.ts';
import {
  type HostRecord,
  hasFailed,
  recordsById,
  runOf,
} from '../../delivery/deployment/rules/host-record.ts';
import { inShort } from '../../foundation/common/in-short.ts';
import { minuteOf } from '../../foundation/common/minute-of.ts';
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
  /** When it gets the live version, where its group is not to be touched before (ISO 8601 in UTC). */
  waitsUntil?: string;
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
    ofBehind(hosts.filter((host) => !host.isLive && !isOnlyWaiting(host))) ??
    ofUnserved(hosts.filter(({ isUnserved }) => isUnserved))
  );
}

/** What failed there is told, though it is not tried again before. */
export const isOnlyWaiting = (host: HostStatus): host is HostStatus & { waitsUntil: string } =>
  host.waitsUntil !== undefined && !hasFailed(host);

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
  const [waitsUntil] = hosts.flatMap((host) => host.waitsUntil ?? []).sort();
  const again =
    waitsUntil === undefined
      ? 'the next hourly check tells them again'
      : `their group is not to be touched before ${minuteOf(waitsUntil)}, when they are told again`;
  const remedy =
    online.length > 0
      ? `${again}; doctor has what they said`
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
  const groups = groupsOf(facts);
  if (groups.length === 0) return [];
  // Without a list there are those that ever reported.
  const reported = (group: string) =>
    records.flatMap((record) => {
      const { instanceId } = record;
      return record.group === group && runOf(record, name) ? [{ instanceId, online: true }] : [];
    });
  return groups.flatMap((group) => {
    const hosts = fleet.get(group) ?? reported(group);
    return hosts.map((host) => {
      const run = runOf(recordsById(records).get(host.instanceId), name);
      const status = { ...hostOf(host, run, liveOf(facts)), group };
      const until = status.isLive ? undefined : waitOf(facts, status);
      return { ...status, ...(until && { waitsUntil: until.toISOString() }) };
    });
  });
}

function waitOf(
  facts: HealthFacts,
  { instanceId, group }: { instanceId: string; group: string },
): Date | undefined {
  const { name, file, records, revocations, lives = new Map(), now } = facts;
  const times = file && 'names' in file && file.stack.hostGroups?.find((one) => one.name === group);
  if (!times) return undefined;
  const record = recordsById(records).get(instanceId);
  const revoked = revocations === 'unreadable' ? [] : revocations.map(({ version }) => version);
  const decision = deliveryTo(record, name, { times, lives, revoked, now });
  return decision.action === 'wait' ? decision.until : undefined;
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
