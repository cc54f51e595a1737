import type { PlannedCertificate } from '../../lib/scan/rules/plan.ts';

/** How a certificate ends of which no new version will come now. */
export interface Settled {
  outcome: 'rejected' | 'waits' | 'not-due';
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
      if (reason === 'not-due')
        return { outcome: 'not-due', message: `nothing to do until ${until.slice(0, 10)}` };
      const why = message ?? (reason === 'backing-off' ? lastFailure : undefined);
      const words = `${reason} until ${until.slice(0, 16)}Z`;
      return { outcome: 'waits', message: why === undefined ? words : `${words}: ${why}` };
    }
    case 'mend':
      return { outcome: 'not-due', message: `${planned.reason}, which needs no new certificate` };
    case 'leave':
      return { outcome: 'rejected', message: `it has no renewal file (${planned.reason})` };
    default:
      return undefined;
  }
}
