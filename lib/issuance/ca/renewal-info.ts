import type { RenewalWindow } from './rules/renewal-window.ts';

export interface RenewalAdvice {
  window: RenewalWindow;
  explanationUrl?: string;
  /** The CA's Retry-After, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/**
 * When a CA wants a certificate renewed (RFC 9773); `undefined` from a CA without renewalInfo. Bounded in time and size;
 * errors are AcmeError, or InputError for a malformed answer.
 */
export type AskRenewalInfo = (directoryUrl: string, certId: string) => Promise<RenewalAdvice | undefined>;
