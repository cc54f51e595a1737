import { describe, expect, it } from 'vitest';
import { limitScopes } from '../../../lib/issuance/ca/rules/rate-limit-scope.ts';

const NAMES = ['www.example.com', '*.example.com', 'example.com'];
const SET = '*.example.com example.com www.example.com';
const REFUSED = 'the CA ca.test refused: ';
const scopes = (message: string, more: object = {}) =>
  limitScopes({ reason: 'acme-rate-limited', message: REFUSED + message, ...more }, NAMES).map(
    ({ scope, value }) => `${scope} ${value}`.trim(),
  );

describe('a rate limit holds up', () => {
  const until = 'retry after 2026-11-21 02:00:00 UTC: see https://letsencrypt.org/docs/rate-limits/';
  it.each([
    [`too many new orders (300) from this account in the last 3h0m0s, ${until}`, ['account']],
    [`too many new registrations (10) from this IP address in the last 3h0m0s, ${until}`, ['account']],
    [`too many new registrations (500) from this /48 subnet of IPv6 addresses, ${until}`, ['account']],
    ['Service busy; retry later.', ['account']],
    ['too many currently pending authorizations: 301', ['account']],
    [
      `too many certificates (50) already issued for "example.com" in the last 168h0m0s, ${until}`,
      ['registered-domain example.com'],
    ],
    ['too many certificates already issued for: Example.co.uk: see', ['registered-domain example.co.uk']],
    [
      `too many certificates (5) already issued for this exact set of identifiers in the last 168h0m0s, ${until}`,
      [`exact-set ${SET}`],
    ],
    [
      'too many certificates (5) already issued for this exact set of domains in the last 168 hours: example.com',
      [`exact-set ${SET}`],
    ],
    [
      `too many failed authorizations (5) for "www.example.com" in the last 1h0m0s, ${until}`,
      ['name www.example.com'],
    ],
    [
      `too many failed authorizations (5) for "*.Example.com" in the last 1h0m0s, ${until}`,
      ['name example.com'],
    ],
    [
      'Your account is temporarily prevented from requesting certificates for a.example.com, b.example.com and possibly others. Please visit: https://portal.test/unpause?jwt=x',
      ['name a.example.com', 'name b.example.com'],
    ],
    ['too many failed authorizations recently', [`exact-set ${SET}`]],
    ['quota used up', [`exact-set ${SET}`]],
    ['', [`exact-set ${SET}`]],
  ])('%j: %j', (message, expected) => {
    expect(scopes(message)).toEqual(expected);
  });

  it('the names of its subproblems, where its words say nothing (RFC 8555, 6.7.1)', () => {
    const identifiers = ['a.example.com', 'b.example.com'];
    expect(scopes('no', { identifiers })).toEqual(['name a.example.com', 'name b.example.com']);
    expect(scopes('too many new orders (300) from this account', { identifiers })).toEqual(['account']);
  });

  it.each([
    ['ca-unavailable', ['account']],
    ['acme-server-internal', ['account']],
    ['acme-user-action-required', ['account']],
    ['acme-malformed', []],
    ['ca-unreachable', []],
    ['zone-unavailable', []],
  ])('as %s: %j', (reason, expected) => {
    expect(scopes('try later', { reason })).toEqual(expected);
  });
});
