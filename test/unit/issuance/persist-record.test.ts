import { describe, expect, it } from 'vitest';
import { standingTerms } from '../../../lib/adapters/acme/directory.ts';
import { thumbprintOf } from '../../../lib/adapters/acme/thumbprint.ts';
import { complaintAboutPersist, persistValue } from '../../../lib/issuance/dns/rules/persist-record.ts';
import { knownIssuer, persistIssuer } from '../../../lib/issuance/renewal/rules/persist-issuer.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const US = 'ca.test; accounturi=https://ca.test/account/1';
const judge = (values: string[], wildcard = false) =>
  complaintAboutPersist(
    values,
    { identity: 'ca.test', accountUri: 'https://ca.test/account/1', identifier: 'example.com', wildcard },
    NOW,
  );

it.each<[string, string[], RegExp | undefined]>([
  ['is there', [US], undefined],
  ['stands beside others', ['v=spf1', 'other.test; accounturi=https://other.test/1', US], undefined],
  ['has tags in other letters, and space', ['ca.test ;AccountURI = https://ca.test/account/1'], undefined],
  ['stands beside one of another account', ['ca.test; accounturi=https://ca.test/account/2', US], undefined],
  ['holds longer', [`${US}; persistUntil=1795140001`], undefined],
  ['is not there', [], /nothing stands there/],
  [
    'is for another CA',
    ['other.test; accounturi=https://ca.test/account/1'],
    /no value there is for ca.test/,
  ],
  ['is for another account', ['ca.test; accounturi=https://ca.test/account/12'], /another account/],
  ['has no account', ['ca.test'], /another account/],
  ['is past', [`${US}; persistUntil=1763600000`], /persistUntil there is past/],
  ['ends at no time', [`${US}; persistUntil=soon`], /no time in seconds/],
  ['has a semicolon at its end', [`${US};`], /cannot be read/],
  ['says a thing twice', [`${US}; accounturi=https://ca.test/account/1`], /one twice/],
])('a standing record that %s', (_, values, expected) => {
  const complaint = judge(values);
  if (expected) expect(complaint).toMatch(expected);
  else expect(complaint).toBeUndefined();
});

it('a wildcard needs policy=wildcard', () => {
  expect(judge([US], true)).toMatch(/policy=wildcard/);
  expect(judge([`${US}; policy=other`], true)).toMatch(/policy=wildcard/);
  expect(judge([`${US}; policy=WildCard`], true)).toBeUndefined();
});

it.each([true, false])('what is told to be put there is enough (wildcard: %s)', (wildcard) => {
  const wish = {
    identity: 'ca.test',
    accountUri: 'https://ca.test/account/1',
    identifier: 'example.com',
    wildcard,
  };
  expect(judge([persistValue(wish)], wildcard)).toBeUndefined();
});

describe('an account that is named by a hash (draft-ietf-acme-dns-persist-02)', () => {
  // The example of its section 10.2, and that of the form for any domain.
  const hash = {
    prefix: 'https://ca.example/account-hash/',
    thumbprint: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
  };
  const wish = {
    identity: 'authority.example',
    accountUri: 'https://ca.example/acct/123',
    identifier: 'example.com',
    wildcard: false,
    hash,
  };
  const of = (digest: string) => `authority.example; accounturi=${hash.prefix}sha-256/${digest}`;
  const OURS = of('5SQm7n6tPh2-PlLbCKGnViTXX5z19SCN4cPGQHSk-kw');
  const ANY_DOMAIN = of('NpDnSwUthQK8zCgFdefYxAdAVPnygMLbs9US6oO-5ug');

  it('is told as the draft has it', () => {
    expect(persistValue(wish)).toBe(OURS);
    expect(persistValue({ ...wish, wildcard: true })).toBe(`${OURS}; policy=wildcard`);
  });

  it.each<[string, string, object, RegExp | undefined]>([
    ['for its name', OURS, {}, undefined],
    ['for any name', ANY_DOMAIN, {}, undefined],
    ['of another name', OURS, { identifier: 'www.example.com' }, /another account, or for an earlier key/],
    ['of an earlier key', OURS, { hash: { ...hash, thumbprint: 'A'.repeat(43) } }, /earlier key/],
    ['of another account', OURS, { accountUri: 'https://ca.example/acct/124' }, /another account/],
    [
      'in the form of draft 01',
      'authority.example; accounturi=https://ca.example/acct/123',
      {},
      /earlier key/,
    ],
    ['in its form at a CA of draft 01', OURS, { hash: undefined }, /another account$/],
  ])('in a record %s', (_, value, more, complaint) => {
    const found = complaintAboutPersist([value], { ...wish, ...more }, NOW);
    if (complaint) expect(found).toMatch(complaint);
    else expect(found).toBeUndefined();
  });
});

describe('what a CA wants standing records to name', () => {
  const ACCOUNT = { accountUri: 'https://ca.test/1', thumbprint: 'T'.repeat(43) };
  const about = { ca: 'https://ca.test/d', name: 'shop', state: undefined };
  const PREFIX = 'https://ca.test/hash/';
  it.each<[string, Parameters<typeof knownIssuer>, object]>([
    [
      'draft 01',
      ['ca.test', {}, ACCOUNT],
      { issuer: { identity: 'ca.test', accountUri: ACCOUNT.accountUri } },
    ],
    [
      'draft 02',
      ['ca.test', { issuer: 'issuer.test', accountHashPrefix: PREFIX }, ACCOUNT],
      { issuer: { identity: 'issuer.test', hash: { prefix: PREFIX, thumbprint: ACCOUNT.thumbprint } } },
    ],
    [
      'draft 02, of an account whose key is not known',
      ['ca.test', { accountHashPrefix: PREFIX }, { accountUri: ACCOUNT.accountUri }],
      { seen: expect.stringContaining('or its key, which a standing record names, is not known yet') },
    ],
    [
      'no name',
      [undefined, { accountHashPrefix: PREFIX }, ACCOUNT],
      { seen: expect.stringContaining('no name') },
    ],
    [
      'draft 02, without an account',
      ['ca.test', { accountHashPrefix: PREFIX }, undefined],
      { seen: expect.stringContaining('not known yet') },
    ],
  ])('by %s', (_, args, expected) => {
    expect(persistIssuer(knownIssuer(...args), about)).toMatchObject(expected);
  });
});

describe("a directory's meta", () => {
  it.each<[string, unknown, object]>([
    ['without a word', {}, {}],
    ['of nothing', undefined, {}],
    [
      'of draft 02',
      { issuerDomainNames: ['a.test', 'b.test'], accountHashPrefix: 'https://ca.test/h/' },
      { issuer: 'a.test', accountHashPrefix: 'https://ca.test/h/' },
    ],
    ['with too many names', { issuerDomainNames: Array.from({ length: 11 }, () => 'a.test') }, {}],
    ['with a name in capitals', { issuerDomainNames: ['A.test'] }, {}],
    ['with none', { issuerDomainNames: [] }, {}],
    ['with a prefix that ends the value', { accountHashPrefix: 'https://ca.test/; policy=wildcard' }, {}],
    ['with a prefix of no URL', { accountHashPrefix: 5 }, {}],
  ])('%s', (_, meta, terms) => {
    expect(standingTerms(meta)).toEqual({ issuer: undefined, accountHashPrefix: undefined, ...terms });
  });
});

it('names a key by its thumbprint (RFC 7638)', () => {
  const jwk = {
    kty: 'RSA',
    n: '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw',
    e: 'AQAB',
    alg: 'RS256',
    kid: '2011-04-29',
  };
  // RFC 7638, 3.1.
  const thumbprint = 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs';
  expect(thumbprintOf(jwk)).toBe(thumbprint);
});
