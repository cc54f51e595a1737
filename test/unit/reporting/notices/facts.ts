import type { CheckSummary } from '../../../../lib/foundation/events/events.ts';
import { chooseNotices } from '../../../../lib/reporting/notices/rules/choose-notices.ts';
import type { SeenEvent } from '../../../../lib/reporting/notices/rules/seen-event.ts';
import { takeIn } from '../../../../lib/reporting/notices/rules/take-in.ts';
import { EMPTY, type Memory } from '../../../../lib/reporting/notices/rules/trouble.ts';

export const NOW = new Date('2026-11-20T02:00:00Z');
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;
export const later = (ms: number) => new Date(NOW.getTime() + ms);

type Type = SeenEvent['detail-type'];
type DetailOf<T extends Type> = Extract<SeenEvent, { 'detail-type': T }>['detail'];

/** A fact as EventBridge gives it. */
export function fact<T extends Type>(type: T, detail: DetailOf<T>, at = NOW): SeenEvent {
  return { time: at.toISOString(), 'detail-type': type, detail } as SeenEvent;
}

export const failed = (name: string, failures = 1, at = NOW, reason = 'caa-forbids') =>
  fact('Certificate Renewal Failed', { name, reason, message: `CAA of ${name} forbids it`, failures }, at);

/** Of a renewal that somebody asked for by hand. */
export const failedByForce = (name: string): SeenEvent =>
  fact('Certificate Renewal Failed', {
    ...{ name, reason: 'budget-spent', message: 'not yet', failures: 1 },
    forced: true,
  });

export const notDeployed = (group: string, instanceId: string, at = NOW, reason = 'nginx-test-failed') =>
  fact(
    'Certificate Deployment Failed',
    {
      name: 'example.com',
      group,
      reason,
      message: `${instanceId}: unknown directive`,
      hosts: [{ instanceId, outcome: 'rolled-back' }],
    },
    at,
  );

export function checked(more: Partial<CheckSummary> = {}, at = NOW): SeenEvent {
  const none = { count: 0, items: [] };
  return fact(
    'Certificates Checked',
    {
      start: 'hourly-check',
      at: at.toISOString(),
      certificates: 3,
      soonest: [],
      failing: none,
      overdue: none,
      rejected: none,
      pinned: none,
      hostsBehind: { count: 0, groups: [] },
      warnings: [],
      ...more,
    },
    at,
  );
}

/** What is told of facts that come at these instants, one mail a line: subjects told, and `over` those that are over. */
export function mails(steps: readonly [at: Date, ...facts: SeenEvent[]][], left = 0.3): string[] {
  let memory: Memory = EMPTY;
  return steps.map(([now, ...facts]) => {
    const known = takeIn(memory, facts, now);
    const life = { notBefore: later((left - 1) * 90 * DAY), notAfter: later(left * 90 * DAY) };
    const lives = new Map(Object.values(known.troubles).map(({ subject }) => [subject, life]));
    const { tell, over, after } = chooseNotices(known, { lives, now });
    memory = after;
    return [...tell.map(({ subject }) => subject), ...over.map(({ subject }) => `over ${subject}`)].join(
      ', ',
    );
  });
}
