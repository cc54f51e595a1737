/** How a CA's directory says that standing records name it and our account (draft-ietf-acme-dns-persist-02, 3.2 and 4.1). */
export interface StandingTerms {
  /** The first of `meta.issuerDomainNames`. */
  issuer?: string | undefined;
  /** `meta.accountHashPrefix`; absent at a CA of draft 01, where the account's address names it. */
  accountHashPrefix?: string | undefined;
}
