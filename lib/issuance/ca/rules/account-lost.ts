import type { Reason } from '../../../foundation/reasons/reasons.ts';

/**
 * Whether the CA no longer knows or accepts our account (RFC 8555, 6.7 and 7.3.6): unknown after a reset, deactivated, or
 * revoked. The words are Boulder's and Pebble's.
 */
export function isAccountLost({ reason, message }: { reason: Reason; message: string }): boolean {
  if (reason === 'acme-account-does-not-exist') return true;
  return reason === 'acme-unauthorized' && /\baccount\b.*\b(deactivated|revoked|not valid)\b/i.test(message);
}
