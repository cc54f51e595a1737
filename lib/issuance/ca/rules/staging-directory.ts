import type { StackCas } from './ca-list.ts';

/** A CA's staging directory, where failures cost nothing (https://letsencrypt.org/docs/staging-environment/). */
const STAGING: Record<string, string> = {
  'https://acme-v02.api.letsencrypt.org/directory': 'https://acme-staging-v02.api.letsencrypt.org/directory',
};

/** The staging directory of a CA; `undefined` where none is known. The stack may name one for its own CA. */
export function stagingOf(
  ca: string,
  { defaultCa, stagingCa }: Pick<StackCas, 'defaultCa'> & { stagingCa: string | undefined },
): string | undefined {
  return (ca === defaultCa ? stagingCa : undefined) ?? STAGING[ca];
}
