import { isWildcard } from '../../../foundation/certificate/domain-name.ts';
import { inShort } from '../../../foundation/common/in-short.ts';
import type { CaaProperty } from '../../dns/rules/caa-property.ts';
import type { CaaIssuer } from '../../dns/rules/issuer.ts';
import { type IssueValue, isMet, parseIssueValue } from './issue-value.ts';

/** The relevant RRset of a name (RFC 8659, 3), and where the climb found it; `undefined` where there is none. */
export interface RelevantSet {
  at: string;
  properties: CaaProperty[];
}

/** Who wants to issue: a CA for our account there, after a proof by `method`; dns-01 when absent. */
export interface CaaAsker extends CaaIssuer {
  method?: string | undefined;
}

export type CaaVerdict =
  | { allowed: true }
  | { allowed: false; reason: 'caa-forbids' | 'caa-wrong-account' | 'caa-unknown-critical'; because: string };

const KNOWN_TAGS = ['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone', 'issuemail', 'issuevmc'];
const CRITICAL = 128;
/** Of values: a mail cuts what is longer, and what to do comes after them. */
const MOST_SHOWN = 2;

/** Whether a set lets this CA issue for `name` (RFC 8659, 4.2 and 4.3; RFC 8657, 3 and 4). */
export function judgeCaa(name: string, set: RelevantSet | undefined, asker: CaaAsker): CaaVerdict {
  if (!set) return { allowed: true };
  const unknown = set.properties.find(
    ({ flags, tag }) => (flags & CRITICAL) !== 0 && !KNOWN_TAGS.includes(tag.toLowerCase()),
  );
  if (unknown)
    return { allowed: false, reason: 'caa-unknown-critical', because: `${formatCaa(unknown)} at ${set.at}` };
  const governing = governingProperties(name, set);
  const ofIssuer = valuesOf(asker, governing);
  if (governing.length === 0 || ofIssuer.some((value) => meets(asker, value))) return { allowed: true };
  const reason = ofIssuer.length > 0 ? 'caa-wrong-account' : 'caa-forbids';
  return { allowed: false, reason, because: `${inShort(governing.map(formatCaa), MOST_SHOWN)} at ${set.at}` };
}

export function meets({ accountUri, method = 'dns-01' }: CaaAsker, value: IssueValue): boolean {
  return isMet(value, { accountUri, method });
}

/** For wildcards `issuewild` replaces `issue` where the set has any (RFC 8659, 4.3). */
export function governingTag(name: string, { properties }: RelevantSet): 'issue' | 'issuewild' {
  return isWildcard(name) && properties.some(({ tag }) => tag.toLowerCase() === 'issuewild')
    ? 'issuewild'
    : 'issue';
}

export function governingProperties(name: string, set: RelevantSet): CaaProperty[] {
  const governing = governingTag(name, set);
  return set.properties.filter(({ tag }) => tag.toLowerCase() === governing);
}

/** The values that begin with a name of the CA, also those that a CA cannot read. */
export function valuesOf(
  { identity, alsoNamed = [] }: CaaIssuer,
  properties: readonly CaaProperty[],
): IssueValue[] {
  const names = [identity, ...alsoNamed].map((name) => name.toLowerCase());
  return properties.map(({ value }) => parseIssueValue(value)).filter(({ issuer }) => names.includes(issuer));
}

/** `0 issue "letsencrypt.org"`: presentation format, as Route 53 takes and returns it. */
export function formatCaa({ flags, tag, value }: CaaProperty): string {
  return `${flags} ${tag} "${value.replace(/["\\]/g, '\\$&')}"`;
}

/** A property from that format, its value quoted or not; what cannot be read is one with a tag that no CA knows. */
export function parseCaa(text: string): CaaProperty {
  const read = /^\s*(\d+)\s+(\S+)\s+(?:"(.*)"|([^\s"]+))\s*$/.exec(text);
  if (!read) return { flags: 0, tag: 'unreadable', value: text };
  const [, flags, tag = '', quoted, bare = ''] = read;
  return { flags: Number(flags), tag, value: unescaped(quoted ?? bare) };
}

/** Route 53 writes a character as a backslash and three octal digits (developer guide, "Format of DNS names"). */
function unescaped(text: string): string {
  return text.replace(/\\([0-3][0-7]{2})|\\(.)/g, (_, octal?: string, other?: string) =>
    octal === undefined ? (other ?? '') : String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
