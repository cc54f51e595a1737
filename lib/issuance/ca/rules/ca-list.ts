/** The CAs of certificates whose file names none: the default, then its fallbacks. Directory addresses. */
export interface StackCas {
  defaultCa: string;
  fallbackCas: readonly string[];
}

/** The directories that may issue a certificate, the preferred one first; never empty. */
export function casOf(
  { ca }: { ca?: readonly string[] | undefined },
  { defaultCa, fallbackCas }: StackCas,
): readonly string[] {
  return ca ?? [defaultCa, ...fallbackCas];
}

/** A CA as in CAA: its issuer domain name, and our account there where it is known (RFC 8657, 3). */
export interface CaaIssuer {
  identity: string;
  /** The CA's other names in CAA (RFC 8555, 7.1.1): it honours the values of each. */
  alsoNamed?: readonly string[] | undefined;
  accountUri?: string | undefined;
}
