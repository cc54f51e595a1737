import type { Runtime } from '../../../lib/foundation/runtime.ts';
import { ZoneError, type Zones } from '../../../lib/issuance/dns/zones.ts';
import type { Calls } from '../engine/calls.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Bucket } from '../services/bucket.ts';
import { storeFor } from '../services/bucket-port.ts';
import type { Ca } from '../services/ca.ts';
import { accountsFor, authoritiesFor, caaIssuerFor, renewalInfoFor } from '../services/ca-ports.ts';
import { type CertificateManagers, managersFor } from '../services/certificate-manager.ts';
import { busFor, type EventBridge } from '../services/event-bridge.ts';
import type { Fleet } from '../services/fleet.ts';
import { hostsFor } from '../services/hosts-port.ts';
import { type Mails, mailboxFor } from '../services/mailbox.ts';
import { type PublicDns, resolverFor } from '../services/public-dns.ts';
import { type Route53, zonesFor } from '../services/route53.ts';
import { type ServedSite, sitesFor } from '../services/sites.ts';
import type { StackSettings } from './stack.ts';

/** Everything that functions reach. */
export interface Services {
  scheduler: Scheduler;
  calls: Calls;
  bucket: Bucket;
  route53: Route53;
  dns: PublicDns;
  cas: readonly Ca[];
  acm: CertificateManagers;
  bus: EventBridge;
  fleet: Fleet;
  mails: Mails;
  settings: StackSettings;
  servedAt: (site: string) => readonly ServedSite[];
  /** Time, chance and keys of the seed. */
  runtimeFor: (invocation: Invocation) => Runtime;
  warn: (invocation: Invocation, message: string) => void;
}

/** The ports of one run of a function; each flow takes of them what it needs. */
export function depsFor(invocation: Invocation, services: Services) {
  const { settings, scheduler } = services;
  const own = zonesFor(invocation, services);
  return {
    store: storeFor(invocation, services),
    zonesOf: (role: string | undefined) =>
      role === undefined || settings.zoneRoles.some(({ name }) => name === role) ? own : denied(role),
    resolver: resolverFor(invocation, services),
    openAuthority: authoritiesFor(invocation, services, { makes: true }),
    openStored: authoritiesFor(invocation, services, { makes: false }),
    caaIssuer: caaIssuerFor(invocation, services),
    describeAccount: accountsFor(invocation, services),
    askRenewalInfo: renewalInfoFor(invocation, services),
    managerIn: managersFor(invocation, services),
    hosts: hostsFor(invocation, services),
    mailbox: mailboxFor(invocation, services),
    sites: sitesFor(invocation, services),
    events: busFor(invocation, services),
    stack: { ...settings },
    stage: 'production',
    release: '1.0.0',
    docsUrl: 'docs',
    clock: () => invocation.clock(scheduler),
    runtime: services.runtimeFor(invocation),
    warn: (message: string) => services.warn(invocation, message),
  };
}

function denied(role: string): Zones {
  const refuse = async () => {
    throw new ZoneError('zone-role-denied', `the zone role ${role} cannot be assumed`);
  };
  return {
    list: refuse,
    nameServers: refuse,
    change: refuse,
    read: refuse,
    cname: refuse,
    records: refuse,
    isInSync: refuse,
  };
}
