import type { HostRecord } from '../host-record.ts';
import type { LivePointer } from '../live-pointer.ts';
import { foundOr, unseen } from './answer.ts';
import type { CertificateFacts, GroupFacts, HostFacts } from './facts.ts';
import { type Check, failing, ok, type Result, warning } from './finding.ts';

/** The first agent that hands parameters over as environment variables (`interpolationType: ENV_VAR`). */
const OLDEST_AGENT = '3.3.2746.0';

/** The hosts of every group that serves the certificate: there, online, able, and on the live version. */
export function checkHosts({
  wanted,
  groups,
  live,
}: Pick<CertificateFacts, 'wanted' | 'groups' | 'live'>): Result[] {
  if (groups.length === 0) return [ok('hosts', 'no host group serves it')];
  return groups.flatMap(({ group, hosts }) => {
    if ('trouble' in hosts) return [unseen('hosts', hosts.trouble)];
    if (hosts.found.length === 0) {
      return [
        failing(
          'hosts',
          `no host carries the tag perennial-group=${group.name}`,
          `tag the hosts so, let the SSM agent run on them, and attach the stack's policy of the group to their role`,
        ),
      ];
    }
    const context = { name: wanted.name, group, live: foundOr(live, undefined) };
    return [
      checkOnline(hosts.found, group.name),
      checkAgents(hosts.found, group.name),
      ...checkContainer(hosts.found, context),
      ...checkServed(hosts.found, context),
    ];
  });
}

interface Context {
  name: string;
  group: GroupFacts['group'];
  live: LivePointer | undefined;
}
type Hosts = readonly HostFacts[];

const idsOf = (hosts: Hosts) => hosts.map(({ instanceId }) => instanceId).join(', ');

function checkOnline(hosts: Hosts, group: string): Result {
  const offline = hosts.filter(({ online }) => !online);
  if (offline.length === 0)
    return ok('hosts', `${hosts.length} online with the tag perennial-group=${group}: ${idsOf(hosts)}`);
  const seen = `offline in group ${group}: ${idsOf(offline)} (of ${hosts.length})`;
  const remedy =
    'start the host or its SSM agent, or take the tag off; it gets the live version when it is back';
  return offline.length === hosts.length ? failing('hosts', seen, remedy) : warning('hosts', seen, remedy);
}

function checkAgents(hosts: Hosts, group: string): Result {
  const old = hosts.filter(
    ({ agentVersion }) => agentVersion !== undefined && isOlder(agentVersion, OLDEST_AGENT),
  );
  if (old.length > 0) {
    const seen = old.map(({ instanceId, agentVersion }) => `${instanceId} has ${agentVersion}`).join(', ');
    return failing(
      'agent',
      `SSM agent too old in group ${group}: ${seen}`,
      `update it to ${OLDEST_AGENT} or newer, for example with the document AWS-UpdateSSMAgent`,
    );
  }
  const unknown = hosts.filter(({ agentVersion }) => agentVersion === undefined);
  if (unknown.length > 0)
    return warning(
      'agent',
      `SSM tells no agent version of ${idsOf(unknown)}`,
      `see that it is ${OLDEST_AGENT} or newer`,
    );
  return ok('agent', `SSM agents of group ${group} are ${OLDEST_AGENT} or newer`);
}

/** Dotted numbers: `3.3.987.0` is older than `3.3.2746.0`. */
function isOlder(version: string, than: string): boolean {
  const [mine, other] = [version, than].map((text) => text.split('.').map(Number));
  const at = (other ?? []).findIndex((part, index) => part !== (mine?.[index] ?? 0));
  return at >= 0 && (mine?.[at] ?? 0) < (other?.[at] ?? 0);
}

type Lineage = HostRecord['lineages'][string];

/** What each host last reported of the certificate. */
function reports(
  hosts: Hosts,
  name: string,
  check: Check,
): { results: Result[]; of: [HostFacts, Lineage | undefined][] } {
  const results: Result[] = [];
  const of: [HostFacts, Lineage | undefined][] = [];
  for (const host of hosts) {
    if ('trouble' in host.record) results.push(unseen(check, host.record.trouble));
    else of.push([host, host.record.found?.lineages[name]]);
  }
  return { results, of };
}

function checkContainer(hosts: Hosts, { name, group }: Context): Result[] {
  if (group.reload !== 'container') return [];
  const { of } = reports(hosts, name, 'container');
  const broken = of.filter(([, lineage]) => lineage?.reason?.startsWith('container-'));
  if (broken.length > 0) {
    return broken.map(([{ instanceId }, lineage]) =>
      failing(
        'container',
        `${instanceId} reported ${lineage?.reason}${lineage?.message ? `: ${lineage.message}` : ''}`,
        `start the container ${group.container} there, or set params.hostGroups.${group.name}.container in serverless.yml and deploy`,
      ),
    );
  }
  const seen = of.filter(([, lineage]) => lineage !== undefined).length;
  return [
    ok(
      'container',
      seen > 0 ? `no host misses the container ${group.container}` : 'no host has reported yet',
    ),
  ];
}

function checkServed(hosts: Hosts, { name, group, live }: Context): Result[] {
  if (!live) return [ok('served', 'not issued yet')];
  const { results, of } = reports(hosts, name, 'served');
  for (const [host, lineage] of of) {
    const result = judgeServed(host, lineage, live.version);
    if (result) results.push(result);
  }
  return results.length > 0
    ? results
    : [ok('served', `group ${group.name} serves the live version ${live.version}`)];
}

const NEXT_CHECK = 'the next hourly check sends it again; force it with scan if you cannot wait';

function judgeServed(
  { instanceId, online }: HostFacts,
  lineage: Lineage | undefined,
  version: string,
): Result | undefined {
  const told = lineage?.message ? ` (${lineage.reason ?? lineage.outcome}: ${lineage.message})` : '';
  if (!lineage) return failing('served', `${instanceId} has never reported this certificate`, NEXT_CHECK);
  if (lineage.version !== version) {
    const seen = `${instanceId} is on ${lineage.version ?? 'no version'}, live is ${version}${told}`;
    return failing('served', seen, online ? NEXT_CHECK : 'it gets the live version when it is online again');
  }
  if (lineage.outcome === 'installed-not-served')
    return warning(
      'served',
      `${instanceId} holds the live version, and nothing on it served the certificate${told}`,
      'let the web server there use the files below live/ of this certificate',
    );
  if (lineage.outcome !== 'served' && lineage.outcome !== 'unchanged')
    return warning(
      'served',
      `${instanceId} holds the live version, and its last run was ${lineage.outcome}${told}`,
      NEXT_CHECK,
    );
  return undefined;
}
