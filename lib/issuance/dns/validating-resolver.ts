import type { Validation } from './rules/validation.ts';

/** Asks a resolver that validates DNSSEC. Absence is an answer like any other. Errors are DnsError. */
export interface ValidatingResolver {
  /** Whom is asked, for people. */
  readonly address: string;
  validate(name: string, type: 'TXT' | 'CAA'): Promise<Validation>;
  /** Whether the zone has keys, validated or not. */
  hasKeys(zone: string): Promise<boolean>;
}
