import { IMPORT } from './acm.ts';
import { FILES, STORE } from './bucket.ts';
import { CA, CERTIFICATE } from './ca.ts';
import { DEPLOYMENT, HOST_REPORT } from './deployments.ts';
import { DNS } from './dns.ts';
import { RENEWAL } from './renewals.ts';
import type { Kind, Row } from './row.ts';

const OURS = { ...DEPLOYMENT, ...IMPORT, ...CA, ...CERTIFICATE, ...DNS, ...STORE, ...FILES, ...RENEWAL };

/** Every reason that something is done, left or failed for; what a host says as we do is first of all ours. */
export const REASONS = { ...HOST_REPORT, ...OURS };

/** A problem of the CA is `acme-` and its type's last word (RFC 8555, 6.7), an end of a command `ssm-` and SSM's word for it. */
export type Reason = keyof typeof REASONS | `acme-${string}` | `ssm-${string}`;

/** As a host, a message or a stored object says it, perhaps of another version: what is not in the table has no kind. */
export type SaidReason = string;

export function isOfKind(reason: SaidReason, kind: Kind): boolean {
  const [, ...kinds] = rowOf(reason) ?? rowOf(familyOf(reason)) ?? [''];
  return kinds.includes(kind);
}

/** What to do, and where in docs/ more is said of it; what has no remedy here comes from a host. */
export function remedyOf(reason: SaidReason): { words: string; anchor: string } {
  for (const told of [reason, familyOf(reason)]) {
    const [words] = rowOf(told) ?? [''];
    if (words !== '') return { words, anchor: `operations.md#${told.replace('…', '')}` };
  }
  const words = 'mend what the host says; the next check sends it again';
  return { words, anchor: 'hosts.md#what-a-host-reports' };
}

const familyOf = (reason: string) => reason.replace(/^(acme|ssm)-.*/s, '$1-…');

function rowOf(reason: string): Exclude<Row, string> | undefined {
  if (!Object.hasOwn(REASONS, reason)) return undefined;
  const row: Row = REASONS[reason as keyof typeof REASONS];
  return typeof row === 'string' ? [row] : row;
}
