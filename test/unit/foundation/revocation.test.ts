import { describe, expect, it } from 'vitest';
import {
  isCompromised,
  isRevokedForGood,
  parseRevocationRequest,
  type Revocation,
  revocationToReplace,
  withRevocation,
} from '../../../lib/foundation/certificate/revocation.ts';

const VERSION = '20261120T020000Z-0a1b2c';
const revocation = (more: Partial<Revocation> = {}): Revocation => ({
  version: VERSION,
  serial: '0a',
  keyFingerprint: 'f',
  reason: 'superseded',
  askedAt: '2026-11-20T02:00:00Z',
  ...more,
});

describe('a request to revoke', () => {
  it('gives the name twice, and a reason', () => {
    const request = { revoke: 'example.com', reason: 'keyCompromise' };
    expect(parseRevocationRequest({ ...request, confirm: 'example.com' })).toEqual(request);
  });

  it.each([
    ['without a confirmation', { revoke: 'example.com', reason: 'superseded' }, 'not-confirmed'],
    [
      'of another name',
      { revoke: 'example.com', confirm: 'example.net', reason: 'superseded' },
      'not-confirmed',
    ],
    [
      'in other letters',
      { revoke: 'example.com', confirm: 'Example.com', reason: 'superseded' },
      'not-confirmed',
    ],
    ['of all', { revoke: '*', confirm: '*', reason: 'superseded' }, 'event-invalid'],
    ['without a reason', { revoke: 'a', confirm: 'a' }, 'event-invalid'],
    ['with an unknown reason', { revoke: 'a', confirm: 'a', reason: 'bored' }, 'event-invalid'],
    [
      'with a path for a version',
      { revoke: 'a', confirm: 'a', reason: 'superseded', version: '../b' },
      'event-invalid',
    ],
    ['with an unknown key', { revoke: 'a', confirm: 'a', reason: 'superseded', all: true }, 'event-invalid'],
    ['that is nothing', undefined, 'event-invalid'],
  ])('is refused %s', (_, event, reason) => {
    expect(() => parseRevocationRequest(event)).toThrow(expect.objectContaining({ reason }));
  });
});

describe('a new certificate makes up for', () => {
  it.each<[boolean, string, Revocation, string]>([
    [true, 'the live version', revocation(), VERSION],
    [true, 'one of which the CA has not answered', revocation({ reason: 'keyCompromise' }), VERSION],
    [false, 'none where operation ceased', revocation({ reason: 'cessationOfOperation' }), VERSION],
    [false, 'none where another version is live', revocation(), '20261121T020000Z-0a1b2c'],
  ])('%s: %s', (expected, _, known, version) => {
    expect(
      revocationToReplace([known], { version, serial: '0b', keyFingerprint: 'other' }) !== undefined,
    ).toBe(expected);
  });

  it.each<[boolean, string, Revocation[]]>([
    [true, 'its key, compromised with another version', [revocation({ reason: 'keyCompromise' })]],
    [false, 'not its key after another reason', [revocation()]],
    [
      true,
      'its key, although its own operation ceased',
      [
        revocation({ version: '20261121T020000Z-0a1b2c', reason: 'cessationOfOperation' }),
        revocation({ reason: 'keyCompromise' }),
      ],
    ],
  ])('%s: %s', (expected, _, known) => {
    const live = { version: '20261121T020000Z-0a1b2c', serial: '0b', keyFingerprint: 'f' };
    expect(revocationToReplace(known, live) !== undefined).toBe(expected);
  });
});

describe('a certificate that is live under another version than it was revoked with', () => {
  const live = { version: '20261121T020000Z-0a1b2c', serial: '0a', keyFingerprint: 'f' };

  it('is replaced', () => {
    expect(revocationToReplace([revocation()], live)).toEqual(revocation());
    expect(isRevokedForGood([revocation()], live)).toBe(false);
  });

  it('is revoked for good where operation ceased', () => {
    const known = [revocation({ reason: 'cessationOfOperation' })];
    expect(revocationToReplace(known, live)).toBeUndefined();
    expect(isRevokedForGood(known, live)).toBe(true);
  });

  it('is another certificate where only the serial number is the same, as of two CAs', () => {
    const other = { ...live, keyFingerprint: 'other' };
    expect(revocationToReplace([revocation()], other)).toBeUndefined();
    expect(isRevokedForGood([revocation({ reason: 'cessationOfOperation' })], other)).toBe(false);
  });
});

it('a key is compromised by keyCompromise only, and for ever', () => {
  const known = withRevocation([revocation({ reason: 'keyCompromise' })], revocation({ version: 'another' }));
  expect(isCompromised(known, 'f')).toBe(true);
  expect(isCompromised(known, 'other')).toBe(false);
  expect(isCompromised([revocation()], 'f')).toBe(false);
});
