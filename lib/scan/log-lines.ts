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
  const each = names === 'all' ? certificates.filter((one) => !isQuiet(one)) : [...certificates];
  const quiet: Record<string, number> = {};
  for (const { reason } of certificates.filter((one) => !each.includes(one)))
    quiet[reason] = (quiet[reason] ?? 0) + 1;
  return { each, quiet };
}

function isQuiet({ action, reason, caa, revoked, pinned }: PlannedCertificate): boolean {
  const isUnchanged = action === 'leave' || (action === 'wait' && reason === 'not-due');
  return isUnchanged && [caa, revoked, pinned].every((one) => one === undefined);
}
