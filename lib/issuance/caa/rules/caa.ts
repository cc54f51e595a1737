import { isWildcard } from '../../../foundation/certificate/domain-name.ts';
import type { CaaIssuer } from '../../ca/rules/ca-list.ts';

/** One CAA property (RFC 8659, 4.1), its value as in the DNS. */
export interface CaaProperty {
  flags: number;
  tag: string;
  value: string;
}

/** The relevant RRset of a name (RFC 8659, 3), and where the climb found it; `undefined` where there is none. */
export interface RelevantSet {
  at: string;
  properties: CaaProperty[];
}

export type CaaVerdict =
  | { allowed: true }
  | { allowed: false; reason: 'caa-forbids' | 'caa-wrong-account' | 'caa-unknown-critical'; because: string };

const KNOWN_TAGS = ['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone', 'issuemail', 'issuevmc'];
const CRITICAL = 128;

/** Whether a set lets this CA issue for `name` over DNS-01 (RFC 8659, 4.2 and 4.3; RFC 8657, 3 and 4). */
export function judgeCaa(name: string, set: RelevantSet | undefined, issuer: CaaIssuer): CaaVerdict {
  if (!set) return { allowed: true };
  const unknown = set.properties.find(
    ({ flags, tag }) => (flags & CRITICAL) !== 0 && !KNOWN_TAGS.includes(tag.toLowerCase()),
  );
  if (unknown)
    return { allowed: false, reason: 'caa-unknown-critical', because: `${formatCaa(unknown)} at ${set.at}` };
  const tag = governingTag(name, set);
  const governing = set.properties.filter((property) => property.tag.toLowerCase() === tag);
  const ofIssuer = governing.filter(({ value }) => issuerOf(value) === issuer.identity.toLowerCase());
  if (governing.length === 0 || ofIssuer.some(({ value }) => lets(value, issuer))) return { allowed: true };
  const reason = ofIssuer.length > 0 ? 'caa-wrong-account' : 'caa-forbids';
  return { allowed: false, reason, because: `${governing.map(formatCaa).join(', ')} at ${set.at}` };
}

/** Whether we meet the parameters of a value; an account that is not known yet counts as the right one. */
function lets(value: string, { accountUri }: CaaIssuer): boolean {
  const { accounturi, validationmethods } = parametersOf(value);
  if (validationmethods !== undefined && !validationmethods.split(',').includes('dns-01')) return false;
  return accounturi === undefined || accountUri === undefined || accounturi === accountUri;
}

/** RFC 8659, 4.2: `;`-separated tag=value pairs after the issuer's name; tags in lower case. */
function parametersOf(value: string): Record<string, string | undefined> {
  const [, ...pairs] = value.split(';').map((pair) => pair.trim().split('='));
  return Object.fromEntries(
    pairs.map(([tag = '', ...rest]) => [tag.trim().toLowerCase(), rest.join('=').trim()]),
  );
}

/** For wildcards `issuewild` replaces `issue` where the set has any (RFC 8659, 4.3). */
export function governingTag(name: string, { properties }: RelevantSet): 'issue' | 'issuewild' {
  return isWildcard(name) && properties.some(({ tag }) => tag.toLowerCase() === 'issuewild')
    ? 'issuewild'
    : 'issue';
}

/** The issuer domain name of an issue value, without parameters; empty when it names nobody. */
export function issuerOf(value: string): string {
  return (value.split(';')[0] ?? '').trim().toLowerCase();
}

/** `0 issue "letsencrypt.org"`: presentation format, as Route 53 takes and returns it. */
export function formatCaa({ flags, tag, value }: CaaProperty): string {
  return `${flags} ${tag} "${value}"`;
}
