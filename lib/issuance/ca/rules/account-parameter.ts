import { sha256 } from '../../../foundation/certificate/leaf.ts';

/** Where the account at a CA is kept, one parameter a directory: `<prefix>/acme-v02.api.letsencrypt.org-1a2b3c4d`. */
export function accountParameter(directoryUrl: string, prefix: string): string {
  const host = new URL(directoryUrl).hostname.replace(/[^a-z0-9.-]/gi, '-');
  return `${prefix}/${host}-${sha256(directoryUrl).slice(0, 8)}`;
}

/** The account's address, which stands in its parameter's description for those who may not read the key. */
export function accountUriIn(description: string | undefined): string | undefined {
  return /^https:\/\/[\w.~:/?#@!$&'()*+,=%-]+$/.exec(description ?? '')?.[0];
}

/** Where the key is kept that the account is about to get. */
export function nextKeyParameter(directoryUrl: string, prefix: string): string {
  return `${accountParameter(directoryUrl, prefix)}-next`;
}

/** Where the contact is kept that the CA was told last, once it is another than the account was made with. */
export function contactParameter(directoryUrl: string, prefix: string): string {
  return `${accountParameter(directoryUrl, prefix)}-contact`;
}

/** Where the user puts the key of an external account (RFC 8555, 7.3.4): `<prefix>/acme.zerossl.com`. */
export function eabParameter(directoryUrl: string, prefix: string): string {
  return `${prefix}/${new URL(directoryUrl).hostname.replace(/[^a-z0-9.-]/gi, '-')}`;
}
