import { compareTexts } from '../../../foundation/common/compare-texts.ts';
import { DAY } from '../../../foundation/common/durations.ts';
import type { RenewReason, RepairReason } from './decide-renewal.ts';

/** A certificate that is due, with what batches are sorted by. */
export interface DueCertificate {
  name: string;
  reason: RenewReason | RepairReason;
  /** The ACME directory. */
  ca: string;
  /** The role that reaches its hosted zones; the stack's own account when absent. */
  zoneRole?: string | undefined;
  /** All hosted zones of its names. */
  zoneIds: readonly string[];
  /** Of the live certificate; `undefined` when none was issued yet. */
  notAfter: Date | undefined;
  /** The live version of the decision; if it has changed, the work is done. */
  replacing: string | null;
  /** Whether our own budget is ignored. */
  ignoreBudget?: boolean;
}

export interface RenewalBatch {
  ca: string;
  zoneRole?: string;
  zoneIds: string[];
  certificates: Pick<DueCertificate, 'name' | 'reason' | 'replacing' | 'ignoreBudget'>[];
}

export const MAX_BATCH_SIZE = 50;

/** Soonest expiry first. Without a certificate, a name counts as expiring in a week: nothing serves it yet. */
export function byUrgency(now: Date): (a: DueCertificate, b: DueCertificate) => number {
  const urgency = ({ notAfter }: DueCertificate) => notAfter?.getTime() ?? now.getTime() + 7 * DAY;
  return (a, b) => urgency(a) - urgency(b) || compareTexts(a.name, b.name);
}

/** Batches by CA account, zone role and hosted zones, at most 50 certificates each, the most urgent first. */
export function batchRenewals(due: readonly DueCertificate[], now: Date): RenewalBatch[] {
  const sorted = [...due].sort(byUrgency(now));
  const batches: RenewalBatch[] = [];
  const open = new Map<string, RenewalBatch>();
  for (const certificate of sorted) {
    const { ca, zoneRole } = certificate;
    const zoneIds = [...new Set(certificate.zoneIds)].sort();
    const key = JSON.stringify([ca, zoneRole, zoneIds]);
    let batch = open.get(key);
    if (!batch || batch.certificates.length >= MAX_BATCH_SIZE) {
      batch = { ca, ...(zoneRole !== undefined && { zoneRole }), zoneIds, certificates: [] };
      open.set(key, batch);
      batches.push(batch);
    }
    const { name, reason, replacing, ignoreBudget } = certificate;
    batch.certificates.push({ name, reason, replacing, ...(ignoreBudget && { ignoreBudget }) });
  }
  return batches;
}
