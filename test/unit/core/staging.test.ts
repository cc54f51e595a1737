import { describe, expect, it } from 'vitest';
import { stagingOf } from '../../../lib/issuance/ca/rules/staging-directory.ts';
import { wantsTrial } from '../../../lib/issuance/renewal/rules/wants-trial.ts';

const PRODUCTION = 'https://acme-v02.api.letsencrypt.org/directory';
const STAGING = 'https://acme-staging-v02.api.letsencrypt.org/directory';
const OTHER = 'https://ca.test/directory';

describe('the staging of a CA', () => {
  it.each([
    [PRODUCTION, { defaultCa: PRODUCTION, stagingCa: undefined }, STAGING],
    [PRODUCTION, { defaultCa: OTHER, stagingCa: 'https://staging.test/d' }, STAGING],
    [PRODUCTION, { defaultCa: PRODUCTION, stagingCa: 'https://staging.test/d' }, 'https://staging.test/d'],
    [OTHER, { defaultCa: OTHER, stagingCa: 'https://staging.test/d' }, 'https://staging.test/d'],
    [OTHER, { defaultCa: OTHER, stagingCa: undefined }, undefined],
    [STAGING, { defaultCa: STAGING, stagingCa: undefined }, undefined],
  ])('%s in %j is %s', (ca, stack, staging) => {
    expect(stagingOf(ca, stack)).toBe(staging);
  });
});

describe('a trial', () => {
  it.each<[boolean, number, string]>([
    [false, 2, 'challenge-invalid'],
    [true, 3, 'challenge-invalid'],
    [true, 9, 'acme-bad-csr'],
    [true, 3, 'names-mismatch'],
    [false, 9, 'ca-timeout'],
    [false, 9, 'acme-rate-limited'],
    [false, 9, 'zone-unavailable'],
    [false, 9, 'record-refused'],
  ])('is wanted: %s, after %i failures, the last one %s', (wanted, failures, reason) => {
    expect(wantsTrial({ failures, lastFailure: { at: '', reason, message: '' } })).toBe(wanted);
  });

  it('is not wanted of a certificate that did not fail', () => {
    expect(wantsTrial(undefined)).toBe(false);
  });
});
