import { isIP } from 'node:net';

const LABEL = /^(?!-)[a-z0-9_-]{1,63}(?<!-)$/;

/**
 * Why `name` cannot stand in a certificate, or `undefined` when it can: an ASCII DNS name in lower case, with `*` only as
 * the whole leftmost label (RFC 8555, 7.1.3; RFC 1035, 2.3.4).
 */
export function complaintAboutName(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (isIP(name)) return 'is an IP address; only DNS names can be proved by DNS-01';
  if (/[^\x21-\x7e]/.test(name))
    return 'is not plain ASCII; write an international name as its A-label (xn--...)';
  if (name !== name.toLowerCase()) return 'has upper case letters; write it in lower case';
  if (name.endsWith('.')) return 'ends with a dot; leave it out';
  if (name.length > 253) return `has ${name.length} characters; a DNS name has at most 253`;
  const labels = (isWildcard(name) ? name.slice(2) : name).split('.');
  if (labels.some((label) => label.includes('*')))
    return 'has a wildcard that is not the whole leftmost label';
  if (labels.length < 2) return 'is a single label; the CA issues only for names below a public suffix';
  if (labels.some((label) => !LABEL.test(label)) || /^\d+$/.test(labels.at(-1) ?? ''))
    return 'is not a DNS name';
  return undefined;
}

export function isWildcard(name: string): boolean {
  return name.startsWith('*.');
}

/** The ACME identifier of `name`: a wildcard is proved at its base (RFC 8555, 7.1.3). */
export function identifierOf(name: string): string {
  return isWildcard(name) ? name.slice(2) : name;
}

/** Whether `name` is `ancestor` or below it, at a label boundary. */
export function isAtOrBelow(name: string, ancestor: string): boolean {
  return name === ancestor || name.endsWith(`.${ancestor}`);
}

/** `a.b.c` gives `a.b.c`, `b.c`, `c`: the climb of RFC 8659, 3. */
export function selfAndAncestors(name: string): string[] {
  const labels = name.split('.');
  return labels.map((_, index) => labels.slice(index).join('.'));
}

/** RFC 8555, 8.4. */
export function challengeName(name: string): string {
  return `_acme-challenge.${identifierOf(name)}`;
}

/** Whether a certificate that lists `pattern` covers `name` (RFC 6125, 6.4.3: one label for the wildcard). */
export function covers(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  return isWildcard(pattern) && !isWildcard(name) && name.slice(name.indexOf('.') + 1) === pattern.slice(2);
}
