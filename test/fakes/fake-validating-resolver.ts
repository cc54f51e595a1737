import type { Validation } from '../../lib/issuance/dns/rules/validation.ts';
import type { ValidatingResolver } from '../../lib/issuance/dns/validating-resolver.ts';

/** Nothing is signed but what is said here, as `TXT example.com`. */
export class FakeValidatingResolver implements ValidatingResolver {
  readonly address = '192.0.2.53';
  readonly validations = new Map<string, Validation>();
  readonly keys = new Set<string>();
  readonly asked: string[] = [];

  async validate(name: string, type: 'TXT' | 'CAA'): Promise<Validation> {
    this.asked.push(`${type} ${name}`);
    return this.validations.get(`${type} ${name}`) ?? { status: 'insecure' };
  }

  async hasKeys(zone: string): Promise<boolean> {
    this.asked.push(`DNSKEY ${zone}`);
    return this.keys.has(zone);
  }
}
