import { describeError } from '../../foundation/common/describe-error.ts';
import { importsDue, type StackEvent } from '../../foundation/events/events.ts';
import { isOfKind, type Reason, type SaidReason } from '../../foundation/reasons/reasons.ts';
import type { Committed } from './phases.ts';

/** How it ended for one certificate; `left` means that nothing was wrong and nothing was done. */
export type RenewOutcome =
  | {
      name: string;
      outcome: 'renewed';
      reason: SaidReason;
      version: string;
      serial: string;
      notAfter: string;
    }
  | { name: string; outcome: 'mended'; reason: SaidReason }
  | { name: string; outcome: 'failed'; reason: Reason; message: string }
  | { name: string; outcome: 'left'; reason: Reason; message: string };

export function renewed({ name, reason, version, pointer }: Committed): RenewOutcome {
  return { name, outcome: 'renewed', reason, version, serial: pointer.serial, notAfter: pointer.notAfter };
}

export function notRenewed(
  name: string,
  error: unknown,
): Extract<RenewOutcome, { outcome: 'failed' | 'left' }> {
  const { reason, message } = describeError(error);
  return { name, outcome: isOfKind(reason, 'left') ? 'left' : 'failed', reason, message };
}

/** What everybody may want to know of the renewals, one deployment a host group, and the imports into ACM. */
export function eventsOf(committed: readonly Committed[], seconds: number): StackEvent[] {
  const groups = new Map<string, string[]>();
  for (const { name, wanted } of committed) {
    for (const group of wanted.hosts) groups.set(group, [...(groups.get(group) ?? []), name]);
  }
  return [
    ...[...groups].map(
      ([group, names]): StackEvent => ({
        type: 'Deployment Due',
        detail: { group, reason: 'certificate-renewed', names },
      }),
    ),
    ...importsDue(committed.filter(({ wanted }) => wanted.acm?.length).map(({ name }) => name)),
    ...committed.map(
      ({ name, reason, version, pointer, live }): StackEvent => ({
        type: 'Certificate Renewed',
        detail: {
          name,
          reason,
          version,
          serial: pointer.serial,
          notAfter: pointer.notAfter,
          replacedNotAfter: live?.pointer.notAfter,
          seconds,
        },
      }),
    ),
  ];
}
