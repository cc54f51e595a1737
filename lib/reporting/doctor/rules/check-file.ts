import { identifierOf, isAtOrBelow } from '../../../foundation/certificate/domain-name.ts';
import { parseRenewalFile, RenewalFile, type Wanted } from '../../../foundation/certificate/renewal-file.ts';
import type { Stack } from '../../../foundation/certificate/stack.ts';
import { InputError } from '../../../foundation/common/input-error.ts';
import { parseWrittenJson } from '../../../foundation/common/parse-json.ts';
import { failing, ok, type Result } from './finding.ts';

/** The file, and its names against the stack's domains. Without `wanted` nothing else can be checked. */
export function checkFile(text: string, name: string, stack: Stack): { results: Result[]; wanted?: Wanted } {
  const where = `renewal/${name}.json`;
  try {
    const { names } = parseWrittenJson(text, RenewalFile, { where, reason: 'renewal-file-invalid' });
    // A name outside the domains has a check of its own, and hides no other.
    const wanted = parseRenewalFile(text, name, { ...stack, domains: names.map(identifierOf) });
    return { results: [ok('file', `${where} is valid`), checkDomains(names, stack.domains)], wanted };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const ours = `mend ${where} and upload it again`;
    const remedy = error.reason === 'renewal-file-invalid' ? ours : error.remedy || ours;
    return { results: [failing('file', error.seen, remedy)] };
  }
}

/** Whether the stack may have certificates of these names. */
export function checkDomains(names: readonly string[], domains: readonly string[]): Result {
  const isInside = (name: string) => domains.some((domain) => isAtOrBelow(name, domain));
  const outside = [...new Set(names.map(identifierOf))].filter((name) => !isInside(name));
  if (outside.length === 0) return ok('domains', `every name is at or below ${domains.join(', ')}`);
  const seen = `${outside.join(', ')} outside the stack's domains (${domains.join(', ') || 'none'})`;
  const quoted = outside.map((name) => `"${name}"`).join(', ');
  return failing('domains', seen, `add ${quoted} to domains in settings.yml and deploy`);
}
