import type { HostRecord } from '../../../delivery/deployment/rules/host-record.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import { isOfKind } from '../../../foundation/reasons/reasons.ts';
import { unseen } from './answer.ts';
import type { GroupFacts, HostFacts } from './facts.ts';
import { type Check, failing, ok, type Result, warning } from './finding.ts';

interface Context {
  name: string;
  group: GroupFacts['group'];
  live: LivePointer | undefined;
}
type Hosts = readonly HostFacts[];
type Lineage = HostRecord['lineages'][string];

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

/** The container is there, as far as the hosts' last reports say. */
export function checkContainer(hosts: Hosts, { name, group }: Context): Result[] {
  if (group.reload !== 'container') return [];
  const { of } = reports(hosts, name, 'container');
  const broken = of.filter(([, lineage]) => isOfKind(lineage?.reason ?? '', 'container'));
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

/** Every host's last report is of the live version. */
export function checkServed(hosts: Hosts, { name, group, live }: Context): Result[] {
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
