import { isWildcard } from './domain-name.ts';

/** One CAA property (RFC 8659, 4.1), value as it stands in the DNS. */
export interface CaaProperty {
  flags: number;
  tag: string;
  value: string;
}

/** The relevant RRset of a name (RFC 8659, 3): where the climb ended, and what stands there; none anywhere is `undefined`. */
export interface RelevantSet {
  at: string;
  properties: CaaProperty[];
}

export type CaaVerdict =
  | { allowed: true }
  | { allowed: false; reason: 'caa-forbids' | 'caa-unknown-critical'; because: string };

const KNOWN_TAGS = ['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone', 'issuemail', 'issuevmc'];
const CRITICAL = 128;

/** Whether a set lets the CA with this identity issue for `name` (RFC 8659, 4.2 and 4.3). */
export function judgeCaa(name: string, set: RelevantSet | undefined, caIdentity: string): CaaVerdict {
  if (!set) return { allowed: true };
  const unknown = set.properties.find(
    ({ flags, tag }) => (flags & CRITICAL) !== 0 && !KNOWN_TAGS.includes(tag.toLowerCase()),
  );
  if (unknown)
    return { allowed: false, reason: 'caa-unknown-critical', because: `${formatCaa(unknown)} at ${set.at}` };
  const tag = governingTag(name, set);
  const governing = set.properties.filter((property) => property.tag.toLowerCase() === tag);
  if (governing.length === 0 || governing.some(({ value }) => issuerOf(value) === caIdentity.toLowerCase()))
    return { allowed: true };
  return {
    allowed: false,
    reason: 'caa-forbids',
    because: `${governing.map(formatCaa).join(', ')} at ${set.at}`,
  };
}

/** `issuewild` replaces `issue` for wildcards where any is there (RFC 8659, 4.3). */
function governingTag(name: string, { properties }: RelevantSet): 'issue' | 'issuewild' {
  return isWildcard(name) && properties.some(({ tag }) => tag.toLowerCase() === 'issuewild')
    ? 'issuewild'
    : 'issue';
}

/** The issuer's domain name of an issue value, without parameters; empty when the value names nobody. */
function issuerOf(value: string): string {
  return (value.split(';')[0] ?? '').trim().toLowerCase();
}

/** `0 issue "letsencrypt.org"`: presentation format, as Route 53 takes and returns it. */
export function formatCaa({ flags, tag, value }: CaaProperty): string {
  return `${flags} ${tag} "${value}"`;
}

/**
 * The CAA values to add so that the CA may issue for these names, by the name they belong at. A set that is there is
 * only ever added to; where there is none, one is made at the name itself and never above it.
 */
export function missingCaa(
  names: readonly { name: string; set: RelevantSet | undefined }[],
  allow: { caIdentity: string; alsoAllow: readonly string[] },
): Map<string, string[]> {
  const additions = new Map<string, Set<string>>();
  const add = (at: string, tag: string, issuer: string) => {
    const values = additions.get(at) ?? new Set<string>();
    additions.set(at, values.add(formatCaa({ flags: 0, tag, value: issuer })));
  };
  for (const { name, set } of names) {
    if (!set) {
      for (const issuer of [allow.caIdentity, ...allow.alsoAllow])
        add(name.replace(/^\*\./, ''), 'issue', issuer);
    } else {
      const verdict = judgeCaa(name, set, allow.caIdentity);
      // An unknown critical property forbids whatever stands beside it.
      if (!verdict.allowed && verdict.reason === 'caa-forbids')
        add(set.at, governingTag(name, set), allow.caIdentity);
    }
  }
  return new Map([...additions].map(([at, values]) => [at, [...values]]));
}
