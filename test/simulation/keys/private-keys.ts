import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import type { Random } from '../engine/random.ts';
import { integer, objectId, octets, sequence } from './der.ts';

const EC = objectId('1.2.840.10045.2.1');
const CURVES = {
  'ecdsa-p256': { id: objectId('1.2.840.10045.3.1.7'), bytes: 32 },
  'ecdsa-p384': { id: objectId('1.3.132.0.34'), bytes: 48 },
};
export type CurveKey = keyof typeof CURVES;

/** A private key whose scalar comes from the seed; its highest byte is low enough for every curve's order. */
export function newEcKey(type: CurveKey, random: Random): PrivateKeyPem {
  const { id, bytes } = CURVES[type];
  const scalar = Buffer.from(`7f${random.hex(bytes - 1)}`, 'hex');
  const inner = sequence(integer('01'), octets(scalar));
  const der = sequence(integer('00'), sequence(EC, id), octets(inner));
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  return new PrivateKeyPem(key.export({ type: 'pkcs8', format: 'pem' }).toString());
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
