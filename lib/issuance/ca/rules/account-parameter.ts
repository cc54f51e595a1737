import { accountId } from '../../../foundation/certificate/object-keys.ts';

// Where accounts were kept before they were in the bucket: SecureStrings of Parameter Store.

/** The parameter of the account at a CA: `<prefix>/acme-v02.api.letsencrypt.org-1a2b3c4d`; its description is the address. */
export function accountParameter(directoryUrl: string, prefix: string): string {
  return `${prefix}/${accountId(directoryUrl)}`;
}

/** The account's address, where it is one. */
export function accountUriIn(text: string | undefined): string | undefined {
  return /^https:\/\/[\w.~:/?#@!$&'()*+,=%-]+$/.exec(text ?? '')?.[0];
}

/** The parameter of the key that the account was about to get. */
export function nextKeyParameter(directoryUrl: string, prefix: string): string {
  return `${accountParameter(directoryUrl, prefix)}-next`;
}

/** The parameter of the contact that was last sent to the CA. */
export function contactParameter(directoryUrl: string, prefix: string): string {
  return `${accountParameter(directoryUrl, prefix)}-contact`;
}

/** The parameter of the secret of an external account (RFC 8555, 7.3.4): `<prefix>/acme.zerossl.com`. */
export function eabParameter(directoryUrl: string, prefix: string): string {
  return `${prefix}/${new URL(directoryUrl).hostname.replace(/[^a-z0-9.-]/gi, '-')}`;
}
