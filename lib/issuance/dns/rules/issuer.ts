/** A CA as in CAA: its issuer domain name, and our account there where it is known (RFC 8657, 3). */
export interface CaaIssuer {
  identity: string;
  /** The CA's other names in CAA (RFC 8555, 7.1.1): it honours the values of each. */
  alsoNamed?: readonly string[] | undefined;
  accountUri?: string | undefined;
}

/** The CA by its issuer domain name, and our account there; `hash` where the CA wants that named by a hash (draft 02). */
export type AccountIssuer = CaaIssuer & { accountUri: string; hash?: AccountHash | undefined };

export interface AccountHash {
  /** `meta.accountHashPrefix` of the CA's directory. */
  prefix: string;
  /** SHA-256 JWK thumbprint of the account's key (RFC 7638), base64url. */
  thumbprint: string;
}
