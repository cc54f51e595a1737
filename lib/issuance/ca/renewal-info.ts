import type { RenewalWindow } from './rules/renewal-window.ts';

export interface RenewalAdvice {
  window: RenewalWindow;
  explanationUrl?: string;
  /** When the CA wants to be asked again, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/**
 * When a CA wants a certificate renewed (RFC 9773): `undefined` from a CA that says nothing about renewals. Bounded in time
 * and size; errors are AcmeError, or InputError for an answer that is of no use.
 */
export type AskRenewalInfo = (directoryUrl: string, certId: string) => Promise<RenewalAdvice | undefined>;
