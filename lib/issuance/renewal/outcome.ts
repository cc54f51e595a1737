import { describeError } from '../../foundation/common/describe-error.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { importsDue, type RenewalDue, type StackEvent } from '../../foundation/events/events.ts';
import { isOfKind, type Reason, type SaidReason } from '../../foundation/reasons/reasons.ts';
import type { Committed } from './phases.ts';

/** `left` means that nothing was wrong and nothing was done. */
interface NotRenewed {
  name: string;
  outcome: 'failed' | 'left';
  reason: Reason;
  message: string;
  /** Whether why it was not renewed could be neither remembered nor told. */
  untold?: true;
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

/** Nothing is wrong with what a limit holds up, but who asked for it by hand has to hear of that. */
export function isReported({ outcome, reason }: NotRenewed, forced: boolean): boolean {
  return outcome === 'failed' || (forced && isOfKind(reason, 'limited'));
}

/** A forced renewal was left, or failed and nobody hears of it, and no check would make up for it. */
class ForcedLeftError extends PerennialError {
  override readonly name = 'ForcedLeftError';
}

/** Whether it may end while a message waits: not a limit, and not what was done meanwhile. */
const isWaitedFor = (reason: Reason) => reason !== 'no-longer-due' && !isOfKind(reason, 'limited');

const hasToComeBack = ({ outcome, reason, untold }: NotRenewed) =>
  untold || (outcome === 'left' && isWaitedFor(reason));

/**
 * Throws where a forced renewal was left, or failed and nobody could be told: every check finds again what is due anyway, but
 * a forced renewal is in its message only, which has to come back. Those that were renewed are no longer due when it does.
 */
export function requireForcedDone({ certificates }: RenewalDue, outcomes: readonly RenewOutcome[]): void {
  const forced = new Set(certificates.filter(({ reason }) => reason === 'forced').map(({ name }) => name));
  for (const one of outcomes)
    if (forced.has(one.name) && 'message' in one && hasToComeBack(one))
      throw new ForcedLeftError(one.reason, `${one.name} was to be renewed by force: ${one.message}`);
}

/** One deployment for each host group. */
function deploymentsOf(committed: readonly Committed[], reason: Reason): StackEvent[] {
  const groups = new Set(committed.flatMap(({ wanted }) => wanted.hosts));
  return [...groups].map((group): StackEvent => {
    const names = committed.filter(({ wanted }) => wanted.hosts.includes(group)).map(({ name }) => name);
    return { type: 'Deployment Due', detail: { group, reason, names } };
  });
}

/** One event for each renewal, the deployments, and the imports into ACM. What replaces a revoked version is deployed apart. */
export function eventsOf(committed: readonly Committed[], seconds: number): StackEvent[] {
  const isUrgent = ({ reason }: Committed) => reason === 'revoked';
  const deployments = [
    ...deploymentsOf(committed.filter(isUrgent), 'revoked'),
    ...deploymentsOf(
      committed.filter((one) => !isUrgent(one)),
      'certificate-renewed',
    ),
  ];
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
