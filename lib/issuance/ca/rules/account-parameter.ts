import { sha256 } from '../../../foundation/certificate/leaf.ts';

/** The parameter of the account at a CA, one for each directory: `<prefix>/acme-v02.api.letsencrypt.org-1a2b3c4d`. */
export function accountParameter(directoryUrl: string, prefix: string): string {
  const host = new URL(directoryUrl).hostname.replace(/[^a-z0-9.-]/gi, '-');
  return `${prefix}/${host}-${sha256(directoryUrl).slice(0, 8)}`;
}

/** The account's address, stored as its parameter's description for roles that may not read the key. */
export function accountUriIn(description: string | undefined): string | undefined {
  return /^https:\/\/[\w.~:/?#@!$&'()*+,=%-]+$/.exec(description ?? '')?.[0];
}

/** The parameter of the key that the account is about to get. */
export function nextKeyParameter(directoryUrl: string, prefix: string): string {
  return `${accountParameter(directoryUrl, prefix)}-next`;
}

/** The parameter of the contact that was last sent to the CA, once it differs from the account's first. */
export function contactParameter(directoryUrl: string, prefix: string): string {
  return `${accountParameter(directoryUrl, prefix)}-contact`;
}

/**
 * The parameters where the user may put the key of an external account (RFC 8555, 7.3.4), the first that is there counts: of
 * this one directory, as several of one host may each have a key of their own, and of the host: `<prefix>/acme.zerossl.com`.
 */
export function eabParameters(directoryUrl: string, prefix: string): { ofDirectory: string; ofHost: string } {
  const ofHost = `${prefix}/${new URL(directoryUrl).hostname.replace(/[^a-z0-9.-]/gi, '-')}`;
  return { ofDirectory: accountParameter(directoryUrl, prefix), ofHost };
}
