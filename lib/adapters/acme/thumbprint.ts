import { createHash, createPublicKey } from 'node:crypto';

/** The SHA-256 thumbprint of a public key (RFC 7638, 3: the required members in order, without white space), base64url. */
export function thumbprintOf(jwk: object): string {
  const { crv, e, kty, n, x, y }: Record<string, unknown> = { ...jwk };
  const members = kty === 'RSA' ? { e, kty, n } : { crv, kty, x, y };
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}

/** The same of a private key in PEM. */
export function thumbprintOfKey(pem: string): string {
  return thumbprintOf(createPublicKey(pem).export({ format: 'jwk' }));
}
