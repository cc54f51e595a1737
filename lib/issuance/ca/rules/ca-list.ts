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
