import type { State } from './state.ts';

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
