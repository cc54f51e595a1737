import type { StackCas } from './ca-list.ts';
import type { State } from './state.ts';

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

/** As many failures in a row as make the next try go to staging first. */
const ENOUGH_FAILURES = 3;

/** What the CA counts against us, or issued in vain; the rest costs nothing there. */
const COSTLY = [
  'challenge-invalid',
  'order-not-valid',
  'acme-bad-csr',
  'acme-caa',
  'acme-malformed',
  'acme-rejected-identifier',
  'acme-unauthorized',
  'chain-malformed',
  'names-mismatch',
  'already-expired',
  'expires-earlier',
];

/** Whether a certificate failed so often, last at the CA's cost, that the next try is made at its staging first. */
export function wantsTrial(state: Pick<State, 'failures' | 'lastFailure'> | undefined): boolean {
  return (state?.failures ?? 0) >= ENOUGH_FAILURES && COSTLY.includes(state?.lastFailure?.reason ?? '');
}
