import type { Hosts } from '../delivery/deployment/hosts.ts';
import type { ObjectStore, Reads } from '../foundation/bucket/object-store.ts';
import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import type { Stack } from '../foundation/certificate/stack.ts';
import type { EventBus } from '../foundation/events/events.ts';
import type { Runtime } from '../foundation/runtime.ts';
import type { DescribeAccount } from '../issuance/ca/accounts.ts';
import type { AskRenewalInfo } from '../issuance/ca/renewal-info.ts';
import type { CaLimits } from '../issuance/ca/rules/ca-limits.ts';
import type { StandingTerms } from '../issuance/ca/rules/standing-terms.ts';
import type { Resolver } from '../issuance/dns/resolver.ts';
import type { HostedZone } from '../issuance/dns/rules/hosted-zones.ts';
import type { CaaIssuer } from '../issuance/dns/rules/issuer.ts';
import type { ZonesOf } from '../issuance/dns/zones.ts';
import type { DueCertificate } from '../issuance/renewal/rules/batches.ts';
import type { KnownIssuer } from '../issuance/renewal/rules/persist-issuer.ts';
import type { Held, Over } from '../issuance/renewal/rules/state.ts';
import type { RenewalInfoClient } from './ask-renewal-info.ts';
import type { OwnZones } from './own-zones.ts';
import type { Checked } from './rules/check-summary.ts';
import type { HealthFacts } from './rules/health.ts';
import type { Plan } from './rules/plan.ts';
import type { Start } from './rules/trigger.ts';

export interface ScanDeps {
  store: ObjectStore;
  zonesOf: ZonesOf;
  hosts: Hosts;
  events: EventBus;
  resolver: Resolver;
  /** A CA's names in CAA; `undefined` when it names none, or cannot be asked now. */
  caaIssuer: (directoryUrl: string) => Promise<CaaIssuer | undefined>;
  describeAccount: DescribeAccount;
  /** Absent where no directory is asked: standing records are then those of draft 01. */
  standingTerms?: (directoryUrl: string) => Promise<StandingTerms>;
  askRenewalInfo: AskRenewalInfo;
  runtime: Runtime;
  stack: Stack;
}

/** To assess a certificate, the bucket is only read; what its index and lists have shown may be older than what is read `fresh`. */
export type AssessDeps = Omit<ScanDeps, 'store' | 'events'> & { store: Reads; fresh: Reads };

export interface Assessment {
  planned: Plan['certificates'][number];
  /** Not in the plan: nothing is done for it, but that a failure is forgotten or counted. */
  unlisted?: true;
  due?: DueCertificate;
  /** What of it cannot be seen from here. */
  unseen?: string;
  checked?: Checked;
  /** What failed and is not wanted any more. */
  over?: Over;
  /** What holds it up now; only where something else, or nothing, was remembered. */
  held?: { now: Held | undefined };
  /** A pin that has ended, and is to be removed. */
  pinEnded?: { version: string; etag: string; why: string };
  /** What its health is judged by, but for hosts and ACM. */
  facts?: Omit<HealthFacts, 'records' | 'fleet' | 'acm'>;
  deployed?: {
    name: string;
    version: string;
    groups: readonly string[];
    acm: Wanted['acm'];
    probe: Wanted['probe'];
    /** Its versions that are revoked. */
    revoked: readonly string[];
    /** Whether hosts wait for a renewal that is about to be tried for the first time. */
    awaitsRenewal: boolean;
  };
}

export interface AssessContext {
  start: Start;
  zonesIn: (role: string | undefined) => Promise<HostedZone[]>;
  /** The zones of a role, each question asked once. */
  zonesAt: (role: string | undefined) => OwnZones;
  /** What a CA told us to wait for, read once for all certificates. */
  limitsAt: (ca: string) => Promise<CaLimits>;
  /** Certificates that a worker has, or left an order or records of. */
  claimed: ReadonlySet<string>;
  /** Certificates that a host could not install because of what the bucket has of them. */
  doubted: ReadonlySet<string>;
  /** Certificates with a claim that no worker can hold any more. */
  leftOpen: ReadonlySet<string>;
  /** Certificates with a revoked version. */
  revoked: ReadonlySet<string>;
  /** Certificates with a pin. */
  pinned: ReadonlySet<string>;
  /** Set where CAs are asked when to renew. */
  renewalInfo: RenewalInfoClient | undefined;
  /** A CA and our account there, as far as they are known. */
  issuerAt: (ca: string) => Promise<KnownIssuer | undefined>;
  now: Date;
}
