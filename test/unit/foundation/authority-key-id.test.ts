import { X509Certificate } from 'node:crypto';
import { rootCertificates } from 'node:tls';
import { AuthorityKeyIdentifierExtension, X509Certificate as Parsed } from '@peculiar/x509';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { authorityKeyId } from '../../../lib/foundation/certificate/authority-key-id.ts';
import { readDer, writeDer } from '../../../lib/foundation/certificate/der.ts';

const read = (pem: string) => authorityKeyId(new X509Certificate(pem))?.toString('hex');
const otherwise = (pem: string) => new Parsed(pem).getExtension(AuthorityKeyIdentifierExtension)?.keyId;

describe("a certificate's authority key identifier", () => {
  it('is what another parser reads, of every root that Node has', () => {
    expect(rootCertificates.map(read)).toEqual(rootCertificates.map(otherwise));
    expect(rootCertificates.filter((pem) => read(pem) !== undefined).length).toBeGreaterThan(20);
    expect(rootCertificates.filter((pem) => read(pem) === undefined).length).toBeGreaterThan(20);
  });

  it('is read or refused with a RangeError, whatever byte is another', () => {
    const [pem = ''] = rootCertificates;
    const { raw } = new X509Certificate(pem);
    const bytes = fc.array(fc.tuple(fc.nat(raw.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(bytes, (changes) => {
        const changed = Buffer.from(raw);
        for (const [at, byte] of changes) changed[at] = byte;
        try {
          authorityKeyId({ raw: changed } as X509Certificate);
        } catch (error) {
          expect(error).toBeInstanceOf(RangeError);
        }
      }),
    );
  });
});

describe('DER', () => {
  it('is read as it was written, whatever its length', () => {
    for (const length of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
      const value = Buffer.alloc(length, 7);
      const written = writeDer(4, value.subarray(0, length >> 1), value.subarray(length >> 1));
      expect(readDer(Buffer.concat([written, writeDer(5)]))).toEqual([
        { tag: 4, value },
        { tag: 5, value: Buffer.alloc(0) },
      ]);
    }
  });

  it.each([
    '30',
    `3080${'00'.repeat(128)}`,
    '3002',
    '300201',
    '308002',
    '3081',
    '3082ff',
    '308200',
    '3087010101010101',
    '30ff',
  ])('is refused where it does not fit: %s', (hex) => {
    expect(() => readDer(Buffer.from(hex, 'hex'))).toThrow(RangeError);
  });
});
