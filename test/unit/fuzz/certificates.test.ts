import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeAuthority } from '../../../lib/adapters/acme/acme-authority.ts';
import type { AcmeClient } from '../../../lib/adapters/acme/acme-client.ts';
import { acmeError, parseRetryAfter, problemOf } from '../../../lib/adapters/acme/problem.ts';
import { readCaRoots } from '../../../lib/foundation/certificate/ca-roots.ts';
import { expiryOf, matchesChain } from '../../../lib/foundation/certificate/pointer-match.ts';
import { rebuildPointer, versionFacts } from '../../../lib/foundation/certificate/rebuild-pointer.ts';
import { CertificateError, verifyIssued } from '../../../lib/foundation/certificate/verify-issued.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { makeCa, newKey } from '../../fakes/certificates.ts';
import { pointerOf, wantedOf } from '../../fakes/pointers.ts';
import { assertTyped } from './assert-typed.ts';
import { mutatedJson, mutatedText, mutatedValue } from './mutated.ts';

const LIMIT_MS = 600_000;
const NOW = new Date('2026-11-20T12:00:00Z');
const VALID = { notBefore: new Date('2026-11-20T11:00:00Z'), notAfter: new Date('2027-02-18T11:00:00Z') };
const names = ['example.com'];
const key = newKey();
const ca = await makeCa();
const cert = await ca.issue({ key, names, ...VALID });
const other = await ca.issue({ key: newKey(), names: ['other.test'], ...VALID });
const fullchain = cert + ca.issuer;
const VERSION = '20260101T000000Z-0a1b2c';
const fuzz = (name: string, test: () => Promise<void>) => it(name, test, LIMIT_MS);

describe('PEM texts', () => {
  const chains = mutatedText([fullchain, ca.issuer + cert, other + ca.issuer, '<html>no</html>']);
  fuzz('from the CA are the certificate that was ordered, or refused', () =>
    assertTyped(chains, (pem) => verifyIssued(pem, { key, names, now: NOW }), [CertificateError]),
  );
  fuzz('with roots of CAs are read, or refused with a complaint', () =>
    assertTyped(mutatedText([ca.issuer, fullchain, key.reveal()]), (pem) => readCaRoots(pem, NOW), []),
  );
  fuzz('of a version are valid or not', () =>
    assertTyped(
      fc.record({
        cert: mutatedText([cert]),
        chain: fc.constant(ca.issuer),
        fullchain: chains,
        privkey: mutatedText([key.reveal()]),
      }),
      (pem) => {
        const facts = versionFacts(VERSION, pem);
        if (facts) rebuildPointer(facts, { wanted: wantedOf(), ca: undefined, spoilt: pem.fullchain });
        matchesChain(pointerOf(VALID.notAfter), pem.fullchain);
        expiryOf(pem.fullchain);
      },
      [],
    ),
  );
  fuzz('and what stood in a spoilt pointer make a new one', () => {
    const facts = versionFacts(VERSION, { cert, chain: ca.issuer, fullchain, privkey: key.reveal() });
    if (!facts) throw new Error('the version is not valid');
    return assertTyped(
      mutatedJson([
        {
          ...pointerOf(VALID.notAfter),
          caa: [{ name: 'example.com', values: ['0 issue "x"'] }],
          profile: 'classic',
        },
      ]),
      (spoilt) => {
        const rebuilt = rebuildPointer(facts, { wanted: wantedOf(), ca: undefined, spoilt });
        expect(rebuilt).toMatchObject({ version: VERSION, serial: facts.serial, sha256: facts.sha256 });
      },
      [],
    );
  });
});

describe("the CA's answers", () => {
  const order = {
    status: 'pending',
    authorizations: ['https://ca.test/a'],
    finalize: 'https://ca.test/f',
    certificate: 'https://ca.test/c',
  };
  const problem = {
    type: 'urn:ietf:params:acme:error:dns',
    detail: 'no',
    subproblems: [{ detail: 'x', identifier: { value: 'a.test' } }],
  };
  const authorization = {
    status: 'pending',
    identifier: { type: 'dns', value: 'a.test' },
    challenges: [
      { type: 'dns-01', url: 'https://ca.test/ch', status: 'pending', token: 't', error: problem },
    ],
  };
  const authorityOf = (data: unknown) => {
    const answer = { status: 201, headers: { location: 'https://ca.test/o', 'retry-after': '3' }, data };
    const client = {
      api: { apiRequest: async () => answer, apiResourceRequest: async () => answer },
      http: { getMetaField: async () => data, getDirectory: async () => ({}) },
      getChallengeKeyAuthorization: async () => 'txt',
      getAccountUrl: () => 'https://ca.test/account/1',
    };
    return new AcmeAuthority(client as unknown as AcmeClient, {
      directoryUrl: 'https://ca.test/d',
      caaIdentity: undefined,
    });
  };
  fuzz('to an order', () =>
    assertTyped(mutatedValue([order]), (data) => authorityOf(data).createOrder({ names }), [AcmeError]),
  );
  fuzz('to an authorization', () =>
    assertTyped(
      mutatedValue([authorization]),
      (data) => authorityOf(data).authorization('https://ca.test/a'),
      [AcmeError],
    ),
  );
  fuzz('about itself', () =>
    assertTyped(
      mutatedValue([['ca.test'], { classic: 'x' }]),
      async (data) => {
        await authorityOf(data).caaIssuer();
        await authorityOf(data).createOrder({ names, profile: 'classic' });
      },
      [AcmeError],
    ),
  );
  fuzz('that are problems', () =>
    assertTyped(
      fc.tuple(mutatedValue([problem]), mutatedText(['120', 'Fri, 20 Nov 2026 14:00:00 GMT'])),
      ([data, retryAfter]) => {
        problemOf(data);
        parseRetryAfter(retryAfter, NOW);
        throw acmeError(
          { status: 400, headers: { 'retry-after': retryAfter }, data },
          { url: 'https://ca.test/o', now: NOW },
        );
      },
      [AcmeError],
    ),
  );
});
