import type { DueCertificate } from '../../core/batches.ts';
import type { Health } from '../../core/check-summary.ts';
import type { HostedZone } from '../../core/hosted-zones.ts';
import type { Plan } from '../../core/plan.ts';
import type { StackLimits, Wanted } from '../../core/renewal-file.ts';
import type { Start } from '../../core/start.ts';
import type { Events } from '../../ports/events.ts';
import type { Hosts } from '../../ports/hosts.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { ZonesOf } from '../../ports/zones.ts';
import type { Reads } from '../indexed-reads.ts';
import type { CaaDeps } from '../look-at-caa.ts';
import type { RenewalInfoDeps, RenewalInfoRound } from './ask-renewal-info.ts';
import type { Holds } from './find-hold.ts';
import type { IssuerAt, StandingDeps } from './look-at-standing.ts';

export interface ScanDeps extends CaaDeps, RenewalInfoDeps, StandingDeps {
  store: ObjectStore;
  zonesOf: ZonesOf;
  hosts: Hosts;
  events: Events;
  stack: StackLimits & CaaDeps['stack'] & { ordersPerRun: number; checkEveryHours?: number };
}

/** What a look at one certificate needs: it only reads the bucket. */
export type LookDeps = Omit<ScanDeps, 'store' | 'events'> & { store: Reads };

export interface Look {
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

export interface LookContext {
  start: Start;
  /** Whether the DNS and the bucket are looked at too, as the weekly sweep does. */
  looksClosely: boolean;
  zonesIn: (role: string | undefined) => Promise<HostedZone[]>;
  holds: Holds;
  leftOpen: ReadonlySet<string>;
  /** Certificates with a version that was revoked. */
  revoked: ReadonlySet<string>;
  /** For the starts that ask the CA when to renew; the others are in a hurry, or change nothing. */
  renewalInfo: RenewalInfoRound | undefined;
  issuerAt: IssuerAt;
  now: Date;
}
