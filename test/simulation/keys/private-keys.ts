import { createECDH, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import type { Random } from '../engine/random.ts';
import { bits, integer, objectId, octets, pem, sequence, tagged } from './der.ts';

const EC = objectId('1.2.840.10045.2.1');
const CURVES = {
  'ecdsa-p256': { id: objectId('1.2.840.10045.3.1.7'), name: 'prime256v1', bytes: 32 },
  'ecdsa-p384': { id: objectId('1.3.132.0.34'), name: 'secp384r1', bytes: 48 },
};
export type CurveKey = keyof typeof CURVES;

/**
 * A private key whose scalar comes from the seed; its highest byte is low enough for every curve's order. As Node writes it, with
 * the public key (RFC 5915, 3): whoever parses it would have to find that anew.
 */
export function newEcKey(type: CurveKey, random: Random): PrivateKeyPem {
  const { id, name, bytes: size } = CURVES[type];
  const scalar = Buffer.from(`7f${random.hex(size - 1)}`, 'hex');
  const pair = createECDH(name);
  pair.setPrivateKey(scalar);
  const inner = sequence(integer('01'), octets(scalar), tagged(0xa1, bits(pair.getPublicKey())));
  return new PrivateKeyPem(pem('PRIVATE KEY', sequence(integer('00'), sequence(EC, id), octets(inner))));
}

/** Ed25519 signs without chance (RFC 8032), so that a CA's certificates are the seed's too. */
export function newSigningKey(random: Random): { key: KeyObject; spki: Buffer } {
  const der = sequence(
    integer('00'),
    sequence(objectId('1.3.101.112')),
    octets(octets(Buffer.from(random.hex(32), 'hex'))),
  );
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return { key, spki: createPublicKey(key).export({ type: 'spki', format: 'der' }) };
}

export function publicKeyOf(key: PrivateKeyPem): Buffer {
  return createPublicKey(createPrivateKey(key.reveal())).export({ type: 'spki', format: 'der' });
}
