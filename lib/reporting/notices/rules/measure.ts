import { DAY, SECOND } from '../../../foundation/common/durations.ts';
import type { CheckSummary } from '../../../foundation/events/events.ts';
import type { SeenEvent } from './seen-event.ts';

/** Every metric, without a dimension per certificate or host: each dimension value costs. */
export const METRICS = {
  Heartbeat: 'Count',
  LifeLeft: 'Percent',
  CertificatesFailing: 'Count',
  CertificatesOverdue: 'Count',
  HostsOutOfDate: 'Count',
  SweepAge: 'Count',
  CheckDuration: 'Seconds',
  RenewalsSucceeded: 'Count',
  RenewalsFailed: 'Count',
  RenewalDuration: 'Seconds',
} as const;
export type MetricName = keyof typeof METRICS;

export interface Measured {
  name: MetricName;
  value: number;
}

/** What these events add to the metrics; the age of `lastSweep` is in days. */
export function measure(events: readonly SeenEvent[], lastSweep: string | undefined): Measured[] {
  return events.flatMap((event): Measured[] => {
    switch (event['detail-type']) {
      case 'Certificate Renewed':
        return [
          { name: 'RenewalsSucceeded', value: 1 },
          { name: 'RenewalDuration', value: event.detail.seconds },
        ];
      case 'Certificate Renewal Failed':
        return [{ name: 'RenewalsFailed', value: 1 }];
      case 'Certificates Checked': {
        const { at, soonest, overdue } = event.detail;
        const [first] = soonest;
        const since = Date.parse(at);
        return [
          { name: 'Heartbeat', value: 1 },
          ...(first ? [{ name: 'LifeLeft' as const, value: Math.max(0, first.lifeLeft * 100) }] : []),
          { name: 'CertificatesFailing', value: failingOf(event.detail) },
          { name: 'CertificatesOverdue', value: overdue.count },
          { name: 'HostsOutOfDate', value: outOfDate(event.detail) },
          { name: 'SweepAge', value: (since - Date.parse(lastSweep ?? at)) / DAY },
          // EventBridge's time is in whole seconds.
          { name: 'CheckDuration', value: Math.max(0, (Date.parse(event.time) - since) / SECOND) },
        ];
      }
      default:
        return [];
    }
  });
}

/** Hosts that are behind, groups without any, and certificates whose hosts nobody can list. */
function outOfDate({ hostsBehind, groupsAway = [], unwell }: CheckSummary): number {
  return hostsBehind.count + groupsAway.length + (unwell?.byHealth['hosts-unknown'] ?? 0);
}

/** What keeps a certificate from clients, or from being renewed; the last two were counted before there was a judgement. */
const FAILING = ['revoked', 'expired', 'unreadable', 'failing', 'rejected'];

function failingOf({ failing, rejected, unwell }: CheckSummary): number {
  const { byHealth } = unwell ?? {};
  if (!byHealth) return failing.count + rejected.count;
  return FAILING.reduce((sum, health) => sum + (byHealth[health] ?? 0), 0);
}
