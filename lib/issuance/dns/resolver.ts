import { PerennialError, type Told } from '../../foundation/common/perennial-error.ts';
import type { CaaProperty } from './rules/caa-property.ts';

/** Questions to the public DNS. Absence (NXDOMAIN, no data) is an empty answer; errors are {@link DnsError}. */
export interface Resolver {
  /** The properties at the name, or at its CNAME's target. */
  caa(name: string): Promise<CaaProperty[]>;
  /** The name's CNAME target, one step, lower case; `undefined` when it has none. */
  cname(name: string): Promise<string | undefined>;
  /** The names of a zone's name servers, lower case, sorted. */
  ns(zone: string): Promise<string[]>;
  /** Addresses of the zone's name servers, by server name. */
  nameServers(zone: string): Promise<{ server: string; address: string }[]>;
  /** The TXT values at the name, or at its CNAME's target. */
  txt(name: string): Promise<string[]>;
  /** The TXT values that this one server gives for the name. */
  txtFrom(server: { server: string; address: string }, name: string): Promise<string[]>;
}

export class DnsError extends PerennialError<'dns-unavailable'> {
  override readonly name = 'DnsError';
  /** The resolver's own code, such as `ESERVFAIL`. */
  readonly code: string | undefined;

  constructor(told: Told, { code }: { code?: string } = {}) {
    super('dns-unavailable', told);
    this.code = code;
  }
}
