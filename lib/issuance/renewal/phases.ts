import pMap from 'p-map';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import type { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import type { Revocation } from '../../foundation/certificate/revocation.ts';
import type { Issued } from '../../foundation/certificate/verify-issued.ts';
import type { SaidReason } from '../../foundation/reasons/reasons.ts';
import type { Authorization, CertificateAuthority, Order } from '../ca/certificate-authority.ts';
import type { CaaIssuer } from '../ca/rules/ca-list.ts';
import type { PlacedEdit } from '../dns/rules/record-edits.ts';
import type { Zones } from '../dns/zones.ts';
import type { Claim } from './claim.ts';
import type { RenewDeps } from './deps.ts';
import type { LearnedLimits } from './learned-limits.ts';
import type { State } from './rules/state.ts';

/** The dependencies of one batch, whose certificates all come from one CA and have their zones in one account. */
export interface BatchDeps extends RenewDeps {
  ca: string;
  zones: Zones;
  /** Of the batch's CA. */
  limits: LearnedLimits;
}

/** One run over a batch. */
export interface RenewRun {
  deps: BatchDeps;
  authority: CertificateAuthority;
  begun: Date;
  /** Fires when nothing new may be started. */
  signal: AbortSignal;
  /** Takes a certificate out of the batch; the others go on. */
  drop: (renewal: Claimed, error: unknown) => void;
}

/** A certificate on its way; each phase adds what it found. */
export interface Claimed {
  name: string;
  reason: SaidReason;
  wanted: Wanted;
  live: { pointer: LivePointer; etag: string } | undefined;
  /** Where the pointer's object stands, usable or not: the fence of the commit. */
  pointerEtag: string | undefined;
  state: State | undefined;
  action: 'renew' | 'mend';
  /** Its versions that were revoked. */
  revocations: readonly Revocation[];
  /** Whether somebody said so by hand, who knows what is left of the CA's limits. */
  ignoreBudget: boolean;
  claim: Claim;
}

export interface Checked extends Claimed {
  /** Where the proof of each identifier is written, CNAMEs followed. */
  challengeTargets: Map<string, { zoneId: string; zoneName: string; name: string }>;
  caaEdits: PlacedEdit[];
  /** The CAs besides the batch's that CAA lets issue. */
  caaFallbacks: CaaIssuer[];
}

export interface Ordered extends Checked {
  order: Order;
  key: PrivateKeyPem;
  /** Whether an earlier worker ordered it. */
  resumed: boolean;
  /** The authorizations that still want a proof. */
  open: Authorization[];
  edits: PlacedEdit[];
}

export interface Finalized extends Ordered {
  issued: Issued;
}

export interface Committed extends Finalized {
  version: string;
  pointer: LivePointer;
}

/** Let's Encrypt and S3 take this many at once without complaint, and a 256 MB function holds them. */
export const AT_ONCE = 16;

/** One phase over all certificates; one that fails drops out with its reason, the others come back. */
export async function runPhase<In extends Claimed, Out>(
  run: Pick<RenewRun, 'drop'>,
  renewals: readonly In[],
  phase: (renewal: In) => Promise<Out>,
): Promise<Out[]> {
  const results = await pMap(
    renewals,
    async (renewal) => {
      try {
        return [await phase(renewal)];
      } catch (error) {
        run.drop(renewal, error);
        return [];
      }
    },
    { concurrency: AT_ONCE },
  );
  return results.flat();
}
