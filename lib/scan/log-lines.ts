import type { PlannedCertificate } from './rules/plan.ts';
import type { Start } from './rules/trigger.ts';

export interface LogLines {
  /** Certificates with a line of their own. */
  each: PlannedCertificate[];
  /** How many others there are, by the reason why nothing is to be done. */
  quiet: Record<string, number>;
}

/** What is logged of a scan: of all certificates those with something to do or to tell; of those that were named, all. */
export function logLines(
  { names }: Pick<Start, 'names'>,
  certificates: readonly PlannedCertificate[],
): LogLines {
  const quiet: Record<string, number> = {};
  if (names !== 'all') return { each: [...certificates], quiet };
  for (const { reason } of certificates.filter(isQuiet)) quiet[reason] = (quiet[reason] ?? 0) + 1;
  return { each: certificates.filter((one) => !isQuiet(one)), quiet };
}

/** Whether there is nothing to do or to tell, now. */
export function isQuiet({ action, reason, caa, revoked, pinned }: PlannedCertificate): boolean {
  const waits = action === 'wait' && (reason === 'not-due' || reason === 'orders-per-run');
  return (waits || action === 'leave') && [caa, revoked, pinned].every((one) => one === undefined);
}
