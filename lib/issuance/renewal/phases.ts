import pMap from 'p-map';
import type { StoredObject } from '../../foundation/bucket/object-store.ts';
import type { ReadOnce } from '../../foundation/bucket/read-once.ts';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import type { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import type { Revocation } from '../../foundation/certificate/revocation.ts';
import type { Issued } from '../../foundation/certificate/verify-issued.ts';
import type { SaidReason } from '../../foundation/reasons/reasons.ts';
import type { Authorization, CertificateAuthority, Order } from '../ca/certificate-authority.ts';
import type { HostedZone } from '../dns/rules/hosted-zones.ts';
import type { CaaIssuer } from '../dns/rules/issuer.ts';
import type { PlacedEdit } from '../dns/rules/record-edits.ts';
import type { Zones } from '../dns/zones.ts';
import type { Claim } from './claim.ts';
import type { RenewDeps } from './deps.ts';
import type { LearnedLimits } from './learned-limits.ts';
import type { RenewalFacts } from './rules/decide-renewal.ts';
import type { State } from './rules/state.ts';

/** The dependencies of one batch: all its certificates come from one CA and have their zones in one account. */
export interface BatchDeps extends RenewDeps {
  ca: string;
  zones: Zones;
  limits: LearnedLimits;
  /** The certificates with a pin, listed when the first of the batch is looked at. */
  pinned: () => Promise<ReadonlySet<string>>;
}

/** One run over a batch. */
export interface RenewRun {
  deps: BatchDeps;
  authority: CertificateAuthority;
  hostedZones: readonly HostedZone[];
  begun: Date;
  /** Fires when nothing new may be started. */
  signal: AbortSignal;
  /** Milliseconds until then; absent where that is not known. */
  timeLeftMs?: (() => number) | undefined;
  /** Takes a certificate out of the batch; the others continue. */
  drop: (renewal: Claimed, error: unknown) => void;
}

/** A claimed certificate; each phase adds its results. */
export interface Claimed {
  name: string;
  /** Of the message for a renewal, of the decision for a repair. */
  reason: SaidReason;
  wanted: Wanted;
  live: { pointer: LivePointer; etag: string } | undefined;
  /** Of the pointer's object, usable or not: the commit's `If-Match`. */
  pointerEtag: string | undefined;
  state: State | undefined;
  /** The state's object; nobody else writes it while the certificate is claimed, but for a scan. */
  stateRead?: StoredObject | undefined;
  /** Its versions, as they are read under the claim. */
  archived: ReadOnce;
  action: 'renew' | 'mend';
  /** Whether a renewal is due, though it may back off while something is mended. */
  renewalIsDue: boolean;
  revocations: readonly Revocation[];
  /** The version that is to be live instead of a newer one, if the pin on it holds. */
  pin?: RenewalFacts['pin'];
  /** Set by hand, by someone who knows how much of the CA's limits is left. */
  ignoreBudget: boolean;
  claim: Claim;
}

export interface Checked extends Claimed {
  /** Where the TXT value of each identifier goes, CNAMEs followed. */
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
  /** The pending authorizations. */
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

/** Sixteen at once: Let's Encrypt and S3 accept that, and a 256 MB function has the memory. */
export function inParallel<Item, Result>(
  items: Iterable<Item>,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  return pMap(items, work, { concurrency: 16 });
}

/** Runs one phase over all certificates: those that fail drop out with their errors, the others are returned. */
export async function runPhase<In extends Claimed, Out>(
  { drop }: Pick<RenewRun, 'drop'>,
  renewals: readonly In[],
  phase: (renewal: In) => Promise<Out>,
): Promise<Out[]> {
  const results = await inParallel(renewals, async (renewal) => {
    try {
      return [await phase(renewal)];
    } catch (error) {
      drop(renewal, error);
      return [];
    }
  });
  return results.flat();
}
