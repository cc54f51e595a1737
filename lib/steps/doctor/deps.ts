import type { HostGroup } from '../../core/host-group.ts';
import type { StackLimits } from '../../core/renewal-file.ts';
import type { DescribeAccount } from '../../ports/accounts.ts';
import type { Hosts } from '../../ports/hosts.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Resolver } from '../../ports/resolver.ts';
import type { Zones } from '../../ports/zones.ts';

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
  stack: Omit<StackLimits, 'hostGroups'> & {
    hostGroups: readonly HostGroup[];
    defaultCa: string;
    fallbackCas: readonly string[];
    checkEveryHours: number;
    agreeToTerms: boolean;
    accountPrefix: string;
    /** Used when a directory names none. */
    caaIdentity: string | undefined;
  };
}
