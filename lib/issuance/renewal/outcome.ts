import { describeError } from '../../foundation/common/describe-error.ts';
import { importsDue, type StackEvent } from '../../foundation/events/events.ts';
import { isOfKind, type Reason, type SaidReason } from '../../foundation/reasons/reasons.ts';
import type { Committed } from './phases.ts';

/** `left` means that nothing was wrong and nothing was done. */
interface NotRenewed {
  name: string;
  outcome: 'failed' | 'left';
  reason: Reason;
  message: string;
}

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
  | NotRenewed;

export function renewed({ name, reason, version, pointer }: Committed): RenewOutcome {
  return { name, outcome: 'renewed', reason, version, serial: pointer.serial, notAfter: pointer.notAfter };
}

export function notRenewed(name: string, error: unknown): NotRenewed {
  const { reason, message } = describeError(error);
  return { name, outcome: isOfKind(reason, 'left') ? 'left' : 'failed', reason, message };
}

/** One event for each renewal, one deployment for each host group, and the imports into ACM. */
export function eventsOf(committed: readonly Committed[], seconds: number): StackEvent[] {
  const groups = new Set(committed.flatMap(({ wanted }) => wanted.hosts));
  const deployments = [...groups].map((group): StackEvent => {
    const names = committed.filter(({ wanted }) => wanted.hosts.includes(group)).map(({ name }) => name);
    return { type: 'Deployment Due', detail: { group, reason: 'certificate-renewed', names } };
  });
  const imports = importsDue(committed.filter(({ wanted }) => wanted.acm?.length).map(({ name }) => name));
  const renewals = committed.map(({ name, reason, version, pointer, live }): StackEvent => {
    const { serial, notAfter } = pointer;
    const replacedNotAfter = live?.pointer.notAfter;
    return {
      type: 'Certificate Renewed',
      detail: { name, reason, version, serial, notAfter, replacedNotAfter, seconds },
    };
  });
  return [...deployments, ...imports, ...renewals];
}
