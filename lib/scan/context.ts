import type { Hosts } from '../delivery/deployment/hosts.ts';
import type { Reads } from '../foundation/bucket/indexed-reads.ts';
import type { ObjectStore } from '../foundation/bucket/object-store.ts';
import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import type { EventBus } from '../foundation/events/events.ts';
import type { DescribeAccount } from '../issuance/ca/accounts.ts';
import type { CaLimits } from '../issuance/ca/rules/ca-limits.ts';
import type { CaaIssuer } from '../issuance/ca/rules/ca-list.ts';
import type { CaaDeps } from '../issuance/caa/plan-caa.ts';
import type { Resolver } from '../issuance/dns/resolver.ts';
import type { HostedZone } from '../issuance/dns/rules/hosted-zones.ts';
import type { ZonesOf } from '../issuance/dns/zones.ts';
import type { DueCertificate } from '../issuance/renewal/rules/batches.ts';
import type { RenewalInfoClient, RenewalInfoDeps } from './ask-renewal-info.ts';
import type { Health } from './rules/check-summary.ts';
import type { Plan } from './rules/plan.ts';
import type { Start } from './rules/trigger.ts';

export interface ScanDeps extends CaaDeps, RenewalInfoDeps, PersistDeps {
  store: ObjectStore;
  zonesOf: ZonesOf;
  hosts: Hosts;
  events: EventBus;
}

/** What a look at one certificate needs: it only reads the bucket. */
export type AssessDeps = Omit<ScanDeps, 'store' | 'events'> & { store: Reads };

export interface Assessment {
  planned: Plan['certificates'][number];
  due?: DueCertificate;
  health?: Health;
  deployed?: {
    name: string;
    version: string;
    groups: readonly string[];
    acm: Wanted['acm'];
    probe: Wanted['probe'];
  };
}

export interface AssessContext {
  start: Start;
  zonesIn: (role: string | undefined) => Promise<HostedZone[]>;
  /** What a CA has told us to wait for, read once for all certificates. */
  limitsAt: (ca: string) => Promise<CaLimits>;
  leftOpen: ReadonlySet<string>;
  /** Certificates with a version that was revoked. */
  revoked: ReadonlySet<string>;
  /** Where CAs are asked when to renew. */
  renewalInfo: RenewalInfoClient | undefined;
  issuerAt: IssuerAt;
  now: Date;
}

/** A CA and our account there, as far as they are known. */
export type IssuerAt = (ca: string) => Promise<CaaIssuer | undefined>;
export interface PersistDeps {
  resolver: Resolver;
  caaIdentity: (directoryUrl: string) => Promise<string | undefined>;
  describeAccount: DescribeAccount;
}
