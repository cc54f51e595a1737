import { spawnSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import acme from 'acme-client';
import { describe, expect, it } from 'vitest';
import { Csrs } from '../../../../lib/adapters/acme/csrs.ts';
import { readDer } from '../../../../lib/foundation/certificate/der.ts';
import { PrivateKeyPem } from '../../../../lib/foundation/certificate/private-key-pem.ts';
import { newKey } from '../../../fakes/certificates.ts';

const names = ['example.com'];
const pkcs8 = (key: KeyObject) => new PrivateKeyPem(key.export({ type: 'pkcs8', format: 'pem' }).toString());
const rsa = (modulusLength: number) => pkcs8(generateKeyPairSync('rsa', { modulusLength }).privateKey);
const ec = (namedCurve: string) => pkcs8(generateKeyPairSync('ec', { namedCurve }).privateKey);
/** What is signed, the algorithm, and the signature. */
const partsOf = (csr: Buffer) => readDer(readDer(csr)[0]?.value ?? csr);
const KEYS = {
  'ecdsa-p256': () => ec('P-256'),
  'ecdsa-p384': () => ec('P-384'),
  'rsa-2048': () => rsa(2048),
  'rsa-3072': () => rsa(3072),
  'rsa-4096': () => rsa(4096),
};
const MANY = Array.from({ length: 100 }, (_, index) => `${'a'.repeat(60)}.n${index}.example.com`);
const SETS = [names, ['*.example.com', 'example.com'], ['a.b', `${'x'.repeat(63)}.test`], MANY];

describe('a certificate request', () => {
  it('is made once for a key, and for each key its own', async () => {
    const csrs = new Csrs();
    const subject = { key: newKey(), names };
    const first = await csrs.of(subject);
    expect(await csrs.of(subject)).toBe(first);
    expect(await csrs.of({ key: newKey(), names })).not.toBe(first);
  });

  it('cannot be made with a key that is none, however often it is asked for', async () => {
    const csrs = new Csrs();
    const subject = { key: new PrivateKeyPem('no key'), names };
    await expect(csrs.of(subject)).rejects.toThrow();
    await expect(csrs.of(subject)).rejects.toThrow();
  });

  describe.each(Object.entries(KEYS))('for a key of the type %s', (_, newKeyOf) => {
    const key = newKeyOf();

    it.each(SETS.map((set) => [set.length, set] as const))(
      'is what acme-client makes, for %d names',
      async (_, set) => {
        const ours = Buffer.from(await new Csrs().of({ key, names: set }), 'base64url');
        const [, pem] = await acme.crypto.createCsr({ altNames: [...set] }, key.reveal());
        const theirs = Buffer.from(acme.crypto.getPemBodyAsB64u(pem), 'base64url');
        // Signatures by ECDSA differ each time.
        expect(partsOf(ours).slice(0, 2)).toEqual(partsOf(theirs).slice(0, 2));
        if (createPrivateKey(key.reveal()).asymmetricKeyType === 'rsa') expect(ours).toEqual(theirs);
      },
    );

    it('is signed by the key, says OpenSSL', async () => {
      const input = Buffer.from(await new Csrs().of({ key, names: MANY }), 'base64url');
      const verify = ['req', '-inform', 'DER', '-verify', '-noout', '-pubkey', '-text'];
      const { stdout: text, stderr } = spawnSync('openssl', verify, { input, encoding: 'utf8' });
      // Whatever it found, some releases end with 0.
      expect(stderr).toMatch(/verify OK/);
      expect(text).toContain(MANY.map((name) => `DNS:${name}`).join(', '));
      expect(text).toContain(
        createPublicKey(createPrivateKey(key.reveal())).export({ type: 'spki', format: 'pem' }).toString(),
      );
    });
  });

  it.each([
    ['ed25519', () => generateKeyPairSync('ed25519').privateKey],
    ['secp521r1', () => generateKeyPairSync('ec', { namedCurve: 'P-521' }).privateKey],
  ])('is not made for a key of the type %s', async (kind, make) => {
    await expect(new Csrs().of({ key: pkcs8(make()), names })).rejects.toThrow(
      new TypeError(`no certificate can be requested for a key of the type ${kind}`),
    );
  });
});
