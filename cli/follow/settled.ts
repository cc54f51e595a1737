import type { HostRecord } from '../../lib/delivery/deployment/rules/host-record.ts';

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

export interface ExpectedHost {
  instanceId: string;
  group: string;
  online: boolean;
}

const FAILED = ['failed', 'rolled-back'];
export const isFailed = ({ outcome }: Pick<HostOutcome, 'outcome'>) => FAILED.includes(outcome);
export const isWaiting = ({ outcome }: Pick<HostOutcome, 'outcome'>) => outcome === 'waiting';

/** How far each host is that is to have `version` of `name`: a report counts when it is new since `before`. */
export function hostOutcomes(
  expected: readonly ExpectedHost[],
  { name, records, before }: { name: string; records: ReadonlyMap<string, HostRecord>; before: Before },
): HostOutcome[] {
  return expected.map(({ instanceId, group, online }) => {
    const report = records.get(instanceId)?.lineages[name];
    if (report && report.at !== before.reportedAt.get(instanceId)) {
      const { outcome, message } = report;
      return { instanceId, group, outcome, ...(message !== undefined && { message }) };
    }
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
