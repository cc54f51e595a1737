import { inShort } from '../../../foundation/common/in-short.ts';
import { checkContainer, checkServed } from './check-served.ts';
import type { CertificateFacts, GroupFacts, HostFacts } from './facts.ts';
import { failing, foundOr, ok, type Result, unseen, warning } from './finding.ts';

/** The first agent that hands parameters over as environment variables (`interpolationType: ENV_VAR`). */
const OLDEST_AGENT = '3.3.2746.0';
const MOST_NAMED = 5;

/** The hosts of every group that serves the certificate: there, online, able, and on the live version. */
export function checkHosts({
  wanted,
  stack,
  groups,
  live,
  lives = new Map(),
  kept,
  now,
}: CertificateFacts): Result[] {
  if (groups.length === 0) return [ok('hosts', 'no host group serves it')];
  const revocations = 'found' in kept ? kept.found.revocations : 'unreadable';
  const revoked = revocations === 'unreadable' ? [] : revocations.map(({ version }) => version);
  return groups.flatMap(({ group, hosts, unmanaged }): Result | Result[] => {
    if ('trouble' in hosts) return unseen('hosts', hosts.trouble);
    if (hosts.found.length === 0) return noHosts(group.name, stack.region, unmanaged);
    const context = { name: wanted.name, group, live: foundOr(live, undefined), lives, revoked, now };
    return [
      checkOnline(hosts.found, group.name),
      checkAgents(hosts.found, group.name),
      ...checkContainer(hosts.found, context),
      ...checkServed(hosts.found, context),
    ];
  });
}

/** Nobody there, or instances that Systems Manager cannot reach. */
function noHosts(group: string, region: string, unmanaged: GroupFacts['unmanaged']): Result {
  const tagged = unmanaged && 'found' in unmanaged ? unmanaged.found : [];
  if (tagged.length > 0)
    return failing(
      'hosts',
      `${inShort(tagged, MOST_NAMED)} in ${region} carries the tag perennial-group=${group}, and Systems Manager does not manage it`,
      'give its role AmazonSSMManagedInstanceCore, or turn on Default Host Management, and see that its SSM agent runs and reaches Systems Manager',
    );
  const seen = `no host in ${region} carries the tag perennial-group=${group}`;
  const remedy = `tag the hosts so, let the SSM agent run on them, and attach the stack's policy of the group to their role; a stack reaches the hosts of its own region only`;
  return failing('hosts', seen, remedy);
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
  const old = hosts.filter(({ agentVersion }) => agentVersion !== undefined && isTooOld(agentVersion));
  if (old.length > 0) {
    const seen = old.map(({ instanceId, agentVersion }) => `${instanceId} has ${agentVersion}`).join(', ');
    const remedy = `update it to ${OLDEST_AGENT} or newer, for example with the document AWS-UpdateSSMAgent`;
    return failing('agent', `SSM agent too old in group ${group}: ${seen}`, remedy);
  }
  const unknown = hosts.filter(({ agentVersion }) => agentVersion === undefined);
  if (unknown.length === 0) return ok('agent', `SSM agents of group ${group} are ${OLDEST_AGENT} or newer`);
  const seen = `SSM tells no agent version of ${idsOf(unknown)}`;
  return warning('agent', seen, `see that it is ${OLDEST_AGENT} or newer`);
}

/** Compares dotted numbers: `3.3.987.0` is older than `3.3.2746.0`. */
function isTooOld(version: string): boolean {
  const [mine = [], oldest = []] = [version, OLDEST_AGENT].map((text) => text.split('.').map(Number));
  const at = oldest.findIndex((part, index) => part !== (mine[index] ?? 0));
  return at >= 0 && (mine[at] ?? 0) < (oldest[at] ?? 0);
}
