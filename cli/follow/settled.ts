import { type HostRecord, runOf } from '../../lib/delivery/deployment/rules/host-record.ts';

/** What one host made of a certificate; `waiting` until it has reported. */
export interface HostOutcome {
  instanceId: string;
  group: string;
  outcome: string;
  message?: string;
}

/** What stood in the bucket before something was asked for, so that what is new can be told from it without a clock. */
export interface Before {
  version: string | undefined;
  failedAt: string | undefined;
  /** When each host last reported this certificate. */
  reportedAt: ReadonlyMap<string, string>;
}

interface Asked {
  name: string;
  version: string | undefined;
}

export interface ExpectedHost {
  instanceId: string;
  group: string;
  online: boolean;
}

const FAILED = ['failed', 'rolled-back'];
export const isFailed = ({ outcome }: Pick<HostOutcome, 'outcome'>) => FAILED.includes(outcome);
export const isWaiting = ({ outcome }: Pick<HostOutcome, 'outcome'>) => outcome === 'waiting';

/**
 * How far each host is that is to have `version` of `name`. A report counts when it is new since `before`, and of that version, a newer
 * one or a failure: a command that was under way may still report the version before. Versions sort by their time.
 */
export function hostOutcomes(
  expected: readonly ExpectedHost[],
  {
    name,
    version,
    records,
    before,
    held = new Map(),
  }: Asked & {
    records: ReadonlyMap<string, HostRecord>;
    before: Before;
    /** Until when hosts wait for a window. */
    held?: ReadonlyMap<string, string>;
  },
): HostOutcome[] {
  return expected.map(({ instanceId, group, online }) => {
    const report = runOf(records.get(instanceId), name);
    const isNew = report && report.at !== before.reportedAt.get(instanceId);
    if (isNew && (isFailed(report) || (report.version ?? '') >= (version ?? ''))) {
      const { outcome, message } = report;
      return { instanceId, group, outcome, ...(message !== undefined && { message }) };
    }
    const until = held.get(instanceId);
    if (until !== undefined) return { instanceId, group, outcome: 'waits', message: `not before ${until}` };
    return { instanceId, group, outcome: online ? 'waiting' : 'offline' };
  });
}

/** Hosts of a group whose first host failed are left alone: whoever waits longer waits for nothing. */
export function leaveAlone(outcomes: readonly HostOutcome[]): HostOutcome[] {
  const failed = new Set(outcomes.filter(isFailed).map(({ group }) => group));
  return outcomes.map((host) =>
    isWaiting(host) && failed.has(host.group) ? { ...host, outcome: 'left-alone' } : host,
  );
}

/** How a certificate ends on its hosts; `served` where hosts are wanted, and each group has one that serves it. */
export type HostsEnd =
  | 'served'
  | 'no-hosts-wanted'
  | 'no-hosts'
  | 'offline'
  | 'waits'
  | 'not-served'
  | 'failed'
  | 'unfinished';

const SERVED = ['served', 'unchanged'];
/** The worst first. */
const ENDS: readonly HostsEnd[] = [
  'unfinished',
  'failed',
  'no-hosts',
  'offline',
  'waits',
  'not-served',
  'served',
];

/** What came of the hosts of `groups`: that of the group where least came of it. */
export function hostsEnd(groups: readonly string[], outcomes: readonly HostOutcome[]): HostsEnd {
  const ends = groups.map((wanted) => groupEnd(outcomes.filter(({ group }) => group === wanted)));
  return ENDS.find((end) => ends.includes(end)) ?? 'no-hosts-wanted';
}

function groupEnd(hosts: readonly HostOutcome[]): HostsEnd {
  if (hosts.length === 0) return 'no-hosts';
  if (hosts.some(isWaiting)) return 'unfinished';
  if (hosts.some((host) => isFailed(host) || host.outcome === 'left-alone')) return 'failed';
  if (hosts.some(({ outcome }) => outcome === 'waits')) return 'waits';
  if (hosts.some(({ outcome }) => SERVED.includes(outcome))) return 'served';
  return hosts.every(({ outcome }) => outcome === 'offline') ? 'offline' : 'not-served';
}

/** What a person can do about it, or has to know. */
export function sentenceOf(end: HostsEnd, groups: readonly string[], region: string): string {
  const named = groups.join(', ');
  switch (end) {
    case 'no-hosts-wanted':
      return 'no host group is to serve it';
    case 'no-hosts':
      return `0 hosts carry the tag of ${named} in ${region}; tag one there perennial-group=<group>, or name another region`;
    case 'offline':
      return `no host of ${named} is online; the next check that finds one online deploys`;
    case 'waits':
      return `the hosts of ${named} are not to be touched now, and get it by themselves then; "deploy --ignore-window" sends it now`;
    case 'not-served':
      return 'installed, and nothing on the host serves it; let a server there use live/<name>/';
    case 'unfinished':
      return 'the time limit is over; the stack goes on, and "perennial-tls status" shows what comes of it';
    case 'served':
    case 'failed':
      return '';
  }
}
