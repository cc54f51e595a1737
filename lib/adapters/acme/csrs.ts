import { createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { writeDer } from '../../foundation/certificate/der.ts';
import type { CsrSubject } from '../../issuance/ca/certificate-authority.ts';

const SEQUENCE = 0x30;
const SET = 0x31;
const INTEGER = 0x02;
const BIT_STRING = 0x03;
const OCTET_STRING = 0x04;
const DNS_NAME = 0x82;
const ATTRIBUTES = 0xa0;
/** On a thread beside: a signature by RSA takes milliseconds. */
const signInPool = promisify(sign);
const bytes = (hex: string) => Buffer.from(hex, 'hex');
/** pkcs-9-at-extensionRequest, 1.2.840.113549.1.9.14 (RFC 2985, 5.4.2). */
const EXTENSION_REQUEST = bytes('06092a864886f70d01090e');
/** id-ce-keyUsage, 2.5.29.15: digitalSignature and keyEncipherment (RFC 5280, 4.2.1.3). */
const KEY_USAGE = writeDer(SEQUENCE, bytes('0603551d0f'), writeDer(OCTET_STRING, bytes('030205a0')));
/** id-ce-subjectAltName, 2.5.29.17 (RFC 5280, 4.2.1.6). */
const SUBJECT_ALT_NAME = bytes('0603551d11');
/** By the key's algorithm or curve: the hash, and the signature's AlgorithmIdentifier (RFC 4055, 5; RFC 5758, 3.2). */
const SIGNATURES: Readonly<Record<string, { hash: string; algorithm: Buffer }>> = {
  rsa: { hash: 'sha256', algorithm: bytes('300d06092a864886f70d01010b0500') },
  prime256v1: { hash: 'sha256', algorithm: bytes('300a06082a8648ce3d040302') },
  secp384r1: { hash: 'sha384', algorithm: bytes('300a06082a8648ce3d040303') },
};

/** CSRs in base64url of their DER (RFC 8555, 7.4), one for each key. */
export class Csrs {
  readonly #made = new WeakMap<CsrSubject['key'], Promise<string>>();

  /** Rejects with Node's error where the key is none, and with TypeError where no renewal file can ask for its type. */
  of(subject: CsrSubject): Promise<string> {
    const made = this.#made.get(subject.key) ?? make(subject);
    this.#made.set(subject.key, made);
    return made;
  }
}

/** A CertificationRequest (RFC 2986, 4) without a subject: the names are in its extension only. */
async function make({ key: pem, names }: CsrSubject): Promise<string> {
  const key = createPrivateKey(pem.reveal());
  const { hash, algorithm } = signatureOf(key);
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'der' });
  const altNames = writeDer(SEQUENCE, ...names.map((name) => writeDer(DNS_NAME, Buffer.from(name))));
  const asked = [KEY_USAGE, writeDer(SEQUENCE, SUBJECT_ALT_NAME, writeDer(OCTET_STRING, altNames))];
  const extensions = writeDer(SEQUENCE, EXTENSION_REQUEST, writeDer(SET, writeDer(SEQUENCE, ...asked)));
  const version = writeDer(INTEGER, bytes('00'));
  const info = writeDer(SEQUENCE, version, writeDer(SEQUENCE), publicKey, writeDer(ATTRIBUTES, extensions));
  const signature = writeDer(BIT_STRING, bytes('00'), await signInPool(hash, info, key));
  return writeDer(SEQUENCE, info, algorithm, signature).toString('base64url');
}

function signatureOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject) {
  const kind = asymmetricKeyDetails?.namedCurve ?? `${asymmetricKeyType}`;
  const known = SIGNATURES[kind];
  if (!known) throw new TypeError(`no certificate can be requested for a key of the type ${kind}`);
  return known;
}
