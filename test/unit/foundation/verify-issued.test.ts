import { createPublicKey, X509Certificate } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../../../lib/foundation/certificate/leaf.ts';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import {
  CertificateError,
  certificateFacts,
  keyFingerprint,
  verifyIssued,
} from '../../../lib/foundation/certificate/verify-issued.ts';
import { makeCa, newKey, type TestCa } from '../../fakes/certificates.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const VALID = { notBefore: new Date('2026-11-20T11:00:00Z'), notAfter: new Date('2027-02-18T11:00:00Z') };
const names = ['example.com', '*.example.com'];
const key = newKey();
let ca: TestCa;
let leaf: string;

beforeAll(async () => {
  ca = await makeCa();
  leaf = await ca.issue({ key, names, ...VALID, serial: '00ab' });
});

const verify = (pem: string) => () => verifyIssued(pem, { key, names, now: NOW });
const refusal = (reason: string) => expect.objectContaining({ name: 'CertificateError', reason });

describe('what the CA sent', () => {
  it('is taken when it is for the key and the names, and split as certbot splits it', () => {
    const { cert, chain, fullchain, facts } = verify(leaf + ca.issuer)();
    expect([cert, chain, fullchain]).toEqual([leaf, ca.issuer, leaf + ca.issuer]);
    expect(facts).toMatchObject({ names, serial: 'ab', ...VALID, keyFingerprint: keyFingerprint(key) });
    expect(facts.fingerprint).toBe(sha256(new X509Certificate(leaf).raw));
  });

  it('is taken with names in any order, and with line ends of Windows', () => {
    const backwards = { key, names: names.toReversed(), now: NOW };
    expect(verifyIssued(leaf + ca.issuer, backwards).facts.serial).toBe('ab');
    expect(verify((leaf + ca.issuer).replaceAll('\n', '\r\n'))().facts.serial).toBe('ab');
  });

  it.each([
    ['HTML', '<!doctype html><title>502 Bad Gateway</title>'],
    ['nothing', ''],
    ['a certificate cut in the middle', () => (leaf + ca.issuer).slice(0, leaf.length + 200)],
    ['a leaf without its issuer', () => leaf],
    ['something after the chain', () => `${leaf}${ca.issuer}and more`],
    [
      'a block that is no certificate',
      () => `${leaf}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`,
    ],
    ['a private key beside it', () => `${leaf}${ca.issuer}${key.reveal()}`],
    ['the chain in the wrong order', () => `${leaf}${leaf}${ca.issuer}`],
    ['a chain without end', () => leaf + ca.issuer.repeat(10)],
  ])('is refused when it is %s', (_, pem) => {
    expect(verify(typeof pem === 'string' ? pem : pem())).toThrow(refusal('chain-malformed'));
  });

  it('is refused when another CA of the same name is in the chain', async () => {
    const impostor = await makeCa();
    expect(verify(leaf + impostor.issuer)).toThrow(refusal('chain-malformed'));
  });

  it('is refused for another key', async () => {
    const other = await ca.issue({ key: newKey(), names, ...VALID });
    expect(verify(other + ca.issuer)).toThrow(refusal('key-mismatch'));
  });

  it.each([
    ['fewer names', ['example.com']],
    ['other names', ['example.com', '*.example.org']],
    ['more names', [...names, 'evil.test']],
    ['no names', []],
  ])('is refused for %s', async (_, others) => {
    const other = await ca.issue({ key, names: others, ...VALID });
    expect(verify(other + ca.issuer)).toThrow(refusal('names-mismatch'));
  });

  it.each([
    ['not-yet-valid', { ...VALID, notBefore: new Date(NOW.getTime() + 1000) }],
    ['already-expired', { ...VALID, notAfter: NOW }],
  ])('is refused when it is %s', async (reason, validity) => {
    const other = await ca.issue({ key, names, ...validity });
    expect(verify(other + ca.issuer)).toThrow(refusal(reason));
  });

  it('is taken from the second it is valid', async () => {
    const other = await ca.issue({ key, names, ...VALID, notBefore: NOW });
    expect(verify(other + ca.issuer)().facts.notBefore).toEqual(NOW);
  });

  it('is refused in one way, whatever is wrong with it, and never shows a key', () => {
    const secret = key.reveal().split('\n')[1] ?? '';
    const damaged = (whole: string) =>
      fc
        .tuple(fc.nat({ max: whole.length }), fc.string({ maxLength: 8 }))
        .map(([at, insert]) => whole.slice(0, at) + insert + whole.slice(at + insert.length));
    const pem = fc.oneof(fc.string(), damaged(leaf + ca.issuer), damaged(key.reveal() + leaf));
    fc.assert(fc.property(pem, (text) => expectTyped(text, secret)));
  });

  it('is refused in one way wherever one character of the certificate is another', () => {
    const secret = key.reveal().split('\n')[1] ?? '';
    const start = '-----BEGIN CERTIFICATE-----\n'.length;
    for (let at = start; at < leaf.length - start; at += 1)
      for (const other of 'A0/z')
        expectTyped(leaf.slice(0, at) + other + leaf.slice(at + 1) + ca.issuer, secret);
  });
});

function expectTyped(pem: string, secret: string): void {
  try {
    verify(pem)();
  } catch (error) {
    expect(error).toBeInstanceOf(CertificateError);
    expect((error as Error).message).not.toContain(secret.slice(0, 20));
  }
}

describe('certId', () => {
  it('is that of the example in RFC 9773, 4.1', () => {
    const example = new X509Certificate(`-----BEGIN CERTIFICATE-----
MIIBQzCB66ADAgECAgUAh2VDITAKBggqhkjOPQQDAjAVMRMwEQYDVQQDEwpFeGFt
cGxlIENBMCIYDzAwMDEwMTAxMDAwMDAwWhgPMDAwMTAxMDEwMDAwMDBaMBYxFDAS
BgNVBAMTC2V4YW1wbGUuY29tMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEeBZu
7cbpAYNXZLbbh8rNIzuOoqOOtmxA1v7cRm//AwyMwWxyHz4zfwmBhcSrf47NUAFf
qzLQ2PPQxdTXREYEnKMjMCEwHwYDVR0jBBgwFoAUaYhba4dGQEHhs3uEe6CuLN4B
yNQwCgYIKoZIzj0EAwIDRwAwRAIge09+S5TZAlw5tgtiVvuERV6cT4mfutXIlwTb
+FYN/8oCIClDsqBklhB9KAelFiYt9+6FDj3z4KGVelYM5MdsO3pK
-----END CERTIFICATE-----`);
    expect(certificateFacts(example).certId).toBe('aYhba4dGQEHhs3uEe6CuLN4ByNQ.AIdlQyE');
  });

  it.each([
    ['7f', 'fw'],
    ['80', 'AIA'],
    ['00ff01', 'AP8B'],
    ['0123', 'ASM'],
  ])('has the serial %s as DER has it', async (serial, encoded) => {
    const pem = await ca.issue({ key, names, ...VALID, serial });
    expect(certificateFacts(new X509Certificate(pem)).certId.split('.')[1]).toBe(encoded);
  });
});

it('a public key in the place of a private one has no fingerprint', () => {
  const pem = createPublicKey(key.reveal()).export({ type: 'spki', format: 'pem' }).toString();
  expect(() => keyFingerprint(new PrivateKeyPem(pem))).toThrow();
});
