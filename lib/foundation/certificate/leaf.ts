import { createHash, type KeyObject, type X509Certificate } from 'node:crypto';
import { KEY_TYPES, type KeyType } from './renewal-file.ts';

/** Fingerprints are SHA-256 in hex, of the leaf's DER and of its public key's SPKI. */
export interface LeafFacts {
  names: string[];
  serial: string;
  notBefore: Date;
  notAfter: Date;
  fingerprint: string;
  keyFingerprint: string;
}

/** Throws Node's error if a part cannot be read. */
export function leafFacts(leaf: X509Certificate): LeafFacts {
  return {
    names: subjectAltNames(leaf),
    serial: leaf.serialNumber.toLowerCase(),
    notBefore: new Date(leaf.validFrom),
    notAfter: new Date(leaf.validTo),
    fingerprint: sha256(leaf.raw),
    keyFingerprint: spkiHash(leaf.publicKey),
  };
}

function subjectAltNames(leaf: X509Certificate): string[] {
  return (leaf.subjectAltName ?? '')
    .split(', ')
    .filter((entry) => entry.startsWith('DNS:'))
    .map((entry) => entry.slice('DNS:'.length).toLowerCase());
}

const CURVES: Record<string, KeyType> = { prime256v1: 'ecdsa-p256', secp384r1: 'ecdsa-p384' };

/** The type of a key; `undefined` for one that a renewal file cannot ask for. */
export function keyTypeOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): KeyType | undefined {
  const { modulusLength, namedCurve = '' } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType !== 'rsa') return CURVES[namedCurve];
  return KEY_TYPES.find((known) => known === `rsa-${modulusLength}`);
}

/** SHA-256 of a public key's SPKI: equal for a key and the certificates made for it. */
export function spkiHash(publicKey: KeyObject): string {
  return sha256(publicKey.export({ type: 'spki', format: 'der' }));
}

export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex');
}
