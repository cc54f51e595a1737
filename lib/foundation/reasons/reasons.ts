import { IMPORT } from './acm.ts';
import { FILES, STORE } from './bucket.ts';
import { CA, CERTIFICATE } from './ca.ts';
import { DEPLOYMENT, HOST_REPORT } from './deployments.ts';
import { DNS } from './dns.ts';
import { RENEWAL } from './renewals.ts';
import type { Kind, Row } from './row.ts';

const OURS = { ...DEPLOYMENT, ...IMPORT, ...CA, ...CERTIFICATE, ...DNS, ...STORE, ...FILES, ...RENEWAL };

/** Every reason; our row comes before a host's of the same name. */
export const REASONS = { ...HOST_REPORT, ...OURS };

/** An ACME problem is `acme-` and the end of its type (RFC 8555, 6.7), a command's end `ssm-` and SSM's status. */
export type Reason = keyof typeof REASONS | `acme-${string}` | `ssm-${string}`;

/** From a host, a message or a stored object, perhaps of another version; a reason outside the table has no kind. */
export type SaidReason = string;

export function isOfKind(reason: SaidReason, kind: Kind): boolean {
  const [, ...kinds] = rowOf(reason) ?? rowOf(familyOf(reason)) ?? [''];
  return kinds.includes(kind);
}

/** The remedy of a reason of ours; empty where there is none. */
export function ownRemedy(reason: SaidReason): string {
  const { words, anchor } = remedyOf(reason);
  return anchor === HOSTS_ANCHOR ? '' : words;
}

/** The remedy of what a host reported: its reasons may be called as ours are, and mean something else there. */
export function remedyOnHost(reason: SaidReason): { words: string; anchor: string } {
  if (!Object.hasOwn(HOST_REPORT, reason)) return remedyOf(reason);
  return { words: HOSTS_WORDS, anchor: HOSTS_ANCHOR };
}

/** A host's reason as people see it: one outside the table is of another version, or made up. */
export function hostsReason(reason: SaidReason): string {
  const isKnown =
    rowOf(reason) !== undefined || rowOf(familyOf(reason)) !== undefined || HOST_OUTCOMES.includes(reason);
  return isKnown ? reason : `unknown reason ${reason}`;
}

/** What stands for the reason where a host gave none. */
const HOST_OUTCOMES = ['failed', 'rolled-back'];

const HOSTS_WORDS = 'mend what the host says; the next check sends it again';
const HOSTS_ANCHOR = 'reference/hosts.md#what-a-host-reports';

/** The remedy, and where docs/ explains it; a reason without a remedy here comes from a host. */
export function remedyOf(reason: SaidReason): { words: string; anchor: string } {
  for (const row of [reason, familyOf(reason)]) {
    const [words] = rowOf(row) ?? [''];
    if (words !== '') return { words, anchor: `operations.md#${row.replace('…', '')}` };
  }
  return { words: HOSTS_WORDS, anchor: HOSTS_ANCHOR };
}

const familyOf = (reason: string) => reason.replace(/^(acme|ssm)-.*/s, '$1-…');

function rowOf(reason: string): Exclude<Row, string> | undefined {
  if (!Object.hasOwn(REASONS, reason)) return undefined;
  const row: Row = REASONS[reason as keyof typeof REASONS];
  return typeof row === 'string' ? [row] : row;
}
