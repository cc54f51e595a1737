import { deliveryTo, type Lives } from '../../../delivery/deployment/rules/decide-delivery.ts';
import { type HostRecord, hasFailed, runOf } from '../../../delivery/deployment/rules/host-record.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import { minuteOf } from '../../../foundation/common/minute-of.ts';
import { isOfKind } from '../../../foundation/reasons/reasons.ts';
import type { GroupFacts, HostFacts } from './facts.ts';
import { failing, ok, type Result, unseen, warning } from './finding.ts';

interface Context {
  name: string;
  group: GroupFacts['group'];
  live: LivePointer | undefined;
}

/** What decides whether a host waits for a window. */
type Waiting = Context & { lives: Lives; revoked: readonly string[]; now: Date };
type Report = HostFacts & { lineage: HostRecord['lineages'][string] | undefined };

/** What each host last reported of the certificate; hosts whose record could not be read are left out. */
function reportsOf(hosts: readonly HostFacts[], name: string): Report[] {
  return hosts.flatMap((host) =>
    'found' in host.record ? { ...host, lineage: runOf(host.record.found, name) } : [],
  );
}

/** The container is there, as far as the hosts' last reports say. */
export function checkContainer(hosts: readonly HostFacts[], { name, group }: Context): Result[] {
  if (group.reload !== 'container') return [];
  const { container } = group;
  const reports = reportsOf(hosts, name);
  const broken = reports.filter(({ lineage }) => isOfKind(lineage?.reason ?? '', 'container'));
  if (broken.length > 0) {
    const remedy = `start the container ${container} there, or set hostGroups.${group.name}.container in settings.yml and deploy`;
    return broken.map(({ instanceId, lineage }) => {
      const message = lineage?.message ? `: ${lineage.message}` : '';
      return failing('container', `${instanceId} reported ${lineage?.reason}${message}`, remedy);
    });
  }
  const isReported = reports.some(({ lineage }) => lineage !== undefined);
  return [
    ok('container', isReported ? `no host misses the container ${container}` : 'no host has reported yet'),
  ];
}

/** Every host's last report is of the live version. */
export function checkServed(hosts: readonly HostFacts[], context: Waiting): Result[] {
  const { name, group, live } = context;
  if (!live) return [ok('served', 'not issued yet')];
  if (!live.hosts.includes(group.name))
    return [
      warning(
        'served',
        `group ${group.name} may not read the live version yet`,
        'the next hourly check shows it to the group',
      ),
    ];
  const results = [
    ...hosts.flatMap(({ record }) => ('trouble' in record ? unseen('served', record.trouble) : [])),
    ...reportsOf(hosts, name).flatMap((report) => judgeServed(report, live.version, context) ?? []),
  ];
  if (results.length > 0) return results;
  return [ok('served', `group ${group.name} serves the live version ${live.version}`)];
}

function waitOf({ record }: Report, { name, group, ...facts }: Waiting): string | undefined {
  const found = 'found' in record ? record.found : undefined;
  const decision = deliveryTo(found, name, { ...facts, times: group });
  return decision.action === 'wait' ? minuteOf(decision.until.toISOString()) : undefined;
}

const NEXT_CHECK = 'the next hourly check sends it again; force it with scan if you cannot wait';

function judgeServed(report: Report, version: string, context: Waiting): Result | undefined {
  const { instanceId, online, lineage } = report;
  const wait = lineage?.version === version ? undefined : waitOf(report, context);
  if (wait && !(lineage && hasFailed(lineage))) {
    const seen = `${instanceId} has ${lineage?.version ?? 'none of it'}, and gets ${version} from ${wait} on: group ${context.group.name} is not to be touched before`;
    return ok('served', seen);
  }
  if (!lineage) return failing('served', `${instanceId} has never reported this certificate`, NEXT_CHECK);
  const { outcome, reason = outcome, message } = lineage;
  const why = message ? ` (${reason}: ${message})` : '';
  if (lineage.version !== version) {
    const seen = `${instanceId} is on ${lineage.version ?? 'no version'}, live is ${version}${why}`;
    return failing(
      'served',
      seen,
      online
        ? wait
          ? `it is sent again from ${wait} on`
          : NEXT_CHECK
        : 'it gets the live version when it is online again',
    );
  }
  if (outcome === 'served' || outcome === 'unchanged') return undefined;
  const holds = `${instanceId} holds the live version, and`;
  if (outcome !== 'installed-not-served')
    return warning('served', `${holds} its last run was ${outcome}${why}`, NEXT_CHECK);
  const remedy = 'let the web server there use the files below live/ of this certificate';
  return warning('served', `${holds} nothing on it served the certificate${why}`, remedy);
}
