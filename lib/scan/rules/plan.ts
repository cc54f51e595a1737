import type { Deployment, WaitingDeployment } from '../../delivery/deployment/rules/decide-deployments.ts';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import type { Revocation } from '../../foundation/certificate/revocation.ts';
import type { Reason } from '../../foundation/reasons/reasons.ts';
import type { CaChoice } from '../../issuance/ca/rules/choose-ca.ts';
import type { CaaPlan } from '../../issuance/caa/rules/caa-plan.ts';
import type { PersistRecord } from '../../issuance/dns/rules/persist-records.ts';
import type { RenewalBatch } from '../../issuance/renewal/rules/batches.ts';
import type { RenewalDecision } from '../../issuance/renewal/rules/decide-renewal.ts';

type RevokedVersion = Pick<Revocation, 'version' | 'reason' | 'revokedAt'>;

/** The persist records that a certificate needs, and what each still lacks to let our account issue. */
export interface PersistPlan {
  records: PersistRecord[];
  /** Why they are unknown or useless. */
  trouble?: string;
}

/** What `scan` found and decided for one certificate. Instants are ISO 8601 in UTC. */
export type PlannedCertificate = (
  | {
      name: string;
      action: 'renew';
      reason: Reason;
      names: string[];
      notAfter?: string;
      /** Which CA of several, and why. */
      ca?: CaChoice;
    }
  | {
      name: string;
      action: 'mend';
      reason: Reason;
      notAfter?: string;
      /** Why it is to be renewed too, which a failure or a limit holds up. */
      heldUp?: Reason;
    }
  | { name: string; action: 'wait'; reason: Reason; until: string; message?: string; notAfter?: string }
  | { name: string; action: 'leave'; reason: 'retired' | 'unmanaged'; notAfter?: string }
  | { name: string; action: 'reject'; reason: Reason; message: string }
) & {
  /** What would change in CAA, and which of the certificate's names each set governs; only where something would. */
  caa?: CaaPlan;
  /** The hosted zones that hold the certificate's names; only in a plan. */
  zones?: string[];
  /** The persist records that prove it (dns-persist-01); only in a plan. */
  standing?: PersistPlan;
  /** That its live version was revoked, and why. */
  revoked?: RevokedVersion;
  /** The version that a person put back, and until when it stays at the longest. */
  pinned?: { version: string; until: string };
};

/** The answer of `scan`. */
export interface Plan {
  start: string;
  at: string;
  certificates: PlannedCertificate[];
  batches: RenewalBatch[];
  deployments: Deployment[];
  /** What hosts lack and are not sent now, because of the windows and freezes of their groups. */
  waiting: WaitingDeployment[];
  /** Certificates that ACM lacks in some region. */
  imports: string[];
  /** Certificates whose sites are probed. */
  probes: string[];
  /** Troubles that belong to no single certificate; the rest of the plan holds. */
  warnings: string[];
  /** How many more certificates there are than fit into an answer: with nothing to do, unless too many have something. */
  left?: number;
}

/**
 * A certificate without a renewal file: `retired` when its pointer names the CA, as `renew` writes it, so there was a file;
 * `unmanaged` when it came into the bucket another way, or the pointer cannot be read. Shown until it expires.
 */
export function plannedWithoutFile(
  name: string,
  pointer: LivePointer | undefined,
  now: Date,
): PlannedCertificate | undefined {
  if (!pointer) return { name, action: 'leave', reason: 'unmanaged' };
  const { ca, notAfter } = pointer;
  if (Date.parse(notAfter) <= now.getTime()) return undefined;
  return { name, action: 'leave', reason: ca === undefined ? 'unmanaged' : 'retired', notAfter };
}

export function plannedCertificate(
  { name, names }: { name: string; names: string[] },
  decision: RenewalDecision,
  { notAfter, ca }: { notAfter: string | undefined; ca?: CaChoice | undefined },
): PlannedCertificate {
  const expiry = notAfter === undefined ? {} : { notAfter };
  const choice = ca && ca.reason !== 'only-one' && { ca };
  if (decision.action === 'renew') return { name, ...decision, names, ...expiry, ...choice };
  if (decision.action === 'mend') return { name, ...decision, ...expiry };
  return { name, ...decision, until: decision.until.toISOString(), ...expiry };
}

export function plannedRevocation({ version, reason, revokedAt }: Revocation): RevokedVersion {
  return { version, reason, ...(revokedAt !== undefined && { revokedAt }) };
}
