import { sha256 } from '../../../foundation/certificate/leaf.ts';

/** The parameter of the account at a CA, one for each directory: `<prefix>/acme-v02.api.letsencrypt.org-1a2b3c4d`. */
export function accountParameter(directoryUrl: string, prefix: string): string {
  const host = new URL(directoryUrl).hostname.replace(/[^a-z0-9.-]/gi, '-');
  return `${prefix}/${host}-${sha256(directoryUrl).slice(0, 8)}`;
}

/** The description of the account's parameter, for roles that may not read the key: its address and the key's thumbprint. */
export function accountDescription({ url, thumbprint }: { url: string; thumbprint: string }): string {
  return `${url} ${thumbprint}`;
}

/** What a description says; one that was written before thumbprints were has only the address. */
export function accountIn(description: string | undefined): {
  accountUri: string | undefined;
  thumbprint?: string | undefined;
} {
  const text = description ?? '';
  const [, accountUri, thumbprint] =
    /^(https:\/\/[\w.~:/?#@!$&'()*+,=%-]+)(?: ([\w-]{43}))?$/.exec(text) ?? [];
  return { accountUri, ...(thumbprint !== undefined && { thumbprint }) };
}

/** The parameter of the key that the account is about to get. */
export function nextKeyParameter(directoryUrl: string, prefix: string): string {
  return `${accountParameter(directoryUrl, prefix)}-next`;
}

/** The parameter of the contact that was last sent to the CA, once it differs from the account's first. */
export function contactParameter(directoryUrl: string, prefix: string): string {
  return `${accountParameter(directoryUrl, prefix)}-contact`;
}

/** The parameter where the user puts the key of an external account (RFC 8555, 7.3.4): `<prefix>/acme.zerossl.com`. */
export function eabParameter(directoryUrl: string, prefix: string): string {
  return `${prefix}/${new URL(directoryUrl).hostname.replace(/[^a-z0-9.-]/gi, '-')}`;
}
