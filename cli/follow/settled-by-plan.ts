import type { PlannedCertificate } from '../../lib/scan/rules/plan.ts';

/** How a certificate ends of which no new version will come now. */
export interface Settled {
  outcome: 'rejected' | 'waits' | 'revoked' | 'not-due';
  message: string;
}

/** Whether what a scan decides ends the wait for a new version; `undefined` while one may come. */
export function settledByPlan(
  planned: PlannedCertificate | undefined,
  lastFailure: string | undefined,
): Settled | undefined {
  switch (planned?.action) {
    case 'reject':
      return { outcome: 'rejected', message: planned.message };
    case 'wait': {
      const { reason, until, message } = planned;
      if (reason === 'not-due') return notDue(planned);
      const why = message ?? (reason === 'backing-off' ? lastFailure : undefined);
      const words = `${reason} until ${until.slice(0, 16)}Z`;
      return { outcome: 'waits', message: why === undefined ? words : `${words}: ${why}` };
    }
    case 'mend': {
      const { reason, heldUp } = planned;
      if (heldUp === undefined)
        return { outcome: 'not-due', message: `${reason}, which needs no new certificate` };
      const why = lastFailure === undefined ? '' : `: ${lastFailure}`;
      return { outcome: 'waits', message: `${reason} is mended, and the renewal (${heldUp}) waits${why}` };
    }
    case 'leave':
      return { outcome: 'rejected', message: `it has no renewal file (${planned.reason})` };
    default:
      return undefined;
  }
}

function notDue({ until, revoked }: Extract<PlannedCertificate, { action: 'wait' }>): Settled {
  if (!revoked) return { outcome: 'not-due', message: `nothing to do until ${until.slice(0, 10)}` };
  const message = `version ${revoked.version} is revoked (${revoked.reason}), and nothing replaces it`;
  return { outcome: 'revoked', message };
}
