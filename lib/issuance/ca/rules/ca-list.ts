/** The CAs of certificates whose file names none: the stack's own, and those after it. Directory addresses. */
export interface StackCas {
  defaultCa: string;
  fallbackCas: readonly string[];
}

/** The directories that a certificate may come from, the preferred one first; never empty. */
export function casOf(
  { ca }: { ca?: readonly string[] | undefined },
  { defaultCa, fallbackCas }: StackCas,
): readonly string[] {
  return ca ?? [defaultCa, ...fallbackCas];
}

/** A CA as CAA knows it: its name, and our account there as far as it is known (RFC 8657, 3). */
export interface CaaIssuer {
  identity: string;
  accountUri?: string | undefined;
}
