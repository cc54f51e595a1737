import type { Hosts } from '../../delivery/deployment/hosts.ts';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import type { DescribeAccount } from '../../issuance/ca/accounts.ts';
import type { Resolver } from '../../issuance/dns/resolver.ts';
import type { Zones } from '../../issuance/dns/zones.ts';

/** What `doctor` looks at, by those of the ports' questions that change nothing. */
export interface DoctorDeps {
  store: Pick<ObjectStore, 'list' | 'get'>;
  /** The zones of the stack's own account, or those that a zone role leads to. */
  zonesOf(role: string | undefined): Pick<Zones, 'list' | 'nameServers' | 'records'>;
  hosts: Pick<Hosts, 'inGroup'>;
  resolver: Pick<Resolver, 'ns' | 'cname' | 'caa' | 'txt'>;
  describeAccount: DescribeAccount;
  /** A CA's directory: its name in CAA records, and its profiles. */
  readDirectory(url: string): Promise<{ caaIdentity: string | undefined; profiles: readonly string[] }>;
  stack: Stack;
}
