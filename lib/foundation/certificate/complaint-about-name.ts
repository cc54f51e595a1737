import { isIP } from 'node:net';
import { domainToASCII, domainToUnicode } from 'node:url';
import { challengeName, identifierOf } from './domain-name.ts';

const LONGEST_NAME = 253;
const LONGEST_LABEL = 63;
/** The longest name whose challenge name is a DNS name (RFC 1035, 2.3.4; RFC 8555, 8.4). */
export const LONGEST_IDENTIFIER = LONGEST_NAME - challengeName('').length;

/**
 * Why `name` cannot stand in a certificate of a public CA, or `undefined` when it can: an ASCII DNS name in lower case, with
 * `*` only as the whole leftmost label (RFC 8555, 7.1.3), without underscores and with real A-labels (CA/Browser Forum,
 * Baseline Requirements, 7.1.2.7.12).
 */
export function complaintAboutName(name: string): string | undefined {
  const complaint = complaintAboutDnsName(name);
  if (complaint) return complaint;
  const identifier = identifierOf(name);
  const labels = identifier.split('.');
  if (identifier.includes('_'))
    return 'has an underscore, which no public CA takes; rename the host, or list the wildcard above it';
  const reserved = labels.find((label) => label.slice(2, 4) === '--' && !label.startsWith('xn--'));
  if (reserved !== undefined)
    return `has the label "${reserved}", with "--" in third and fourth place, which is for A-labels only (RFC 5890, 2.3.1)`;
  const undecodable = labels.find((label) => label.startsWith('xn--') && domainToUnicode(label) === label);
  if (undecodable !== undefined)
    return `has the label "${undecodable}", which is no A-label (RFC 5890, 2.3.2.1); write what an IDNA tool gives`;
  if (identifier.length > LONGEST_IDENTIFIER)
    return `has ${identifier.length} characters; at most ${LONGEST_IDENTIFIER} leave room for ${challengeName('')} before them`;
  return undefined;
}

/** Why `name` is no name that can be looked up as it stands. Other names than those of hosts may have underscores. */
export function complaintAboutDnsName(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (isIP(name.replace(/^\[(.*)\]$/, '$1')))
    return 'is an IP address; only DNS names can be proved by DNS-01';
  if (/[\0-\x20\x7f]/.test(name)) return 'has a space or a control character; leave it out';
  if (/[^\x21-\x7e]/.test(name))
    return `is not plain ASCII; ${insteadOf(name) ?? 'write an international name as its A-label (xn--...)'}`;
  if (name !== name.toLowerCase())
    return `has upper case letters; ${insteadOf(name) ?? 'write it in lower case'}`;
  if (name.endsWith('.')) return `ends with a dot; ${insteadOf(name) ?? 'leave it out'}`;
  if (name.length > LONGEST_NAME)
    return `has ${name.length} characters; a DNS name has at most ${LONGEST_NAME}`;
  const labels = identifierOf(name).split('.');
  if (labels.some((label) => label.includes('*')))
    return 'has a wildcard that is not the whole leftmost label';
  if (/[/:@?#]/.test(name))
    return 'is not a DNS name; leave out everything but the host, such as https://, a port or a path';
  if (labels.length < 2) return 'is a single label; the CA issues only for names below a public suffix';
  return labels.map(complaintAboutLabel).find(Boolean) ?? complaintAboutTop(labels.at(-1) ?? '');
}

/** RFC 1035, 2.3.1 and 2.3.4. */
function complaintAboutLabel(label: string): string | undefined {
  if (label === '') return 'has an empty label: a dot in front, or two together';
  if (label.length > LONGEST_LABEL)
    return `has a label of ${label.length} characters; at most ${LONGEST_LABEL} may stand between two dots`;
  if (label.startsWith('-') || label.endsWith('-'))
    return 'has a label that begins or ends with a hyphen, so it is not a DNS name';
  const strange = /[^a-z0-9_-]/.exec(label);
  return strange ? `is not a DNS name: it has a "${strange[0]}"` : undefined;
}

function complaintAboutTop(label: string): string | undefined {
  return /^\d+$/.test(label) ? 'ends in a number, so it is not a DNS name' : undefined;
}

/** The name that was most likely meant, in the only form that a certificate has. */
function insteadOf(name: string): string | undefined {
  const meant = domainToASCII(name).replace(/\.$/, '');
  return meant !== name && complaintAboutName(meant) === undefined ? `write it as ${meant}` : undefined;
}
