import { createHash, type KeyObject, sign } from 'node:crypto';
import type { Random } from '../engine/random.ts';
import { bits, boolean, integer, objectId, octets, pem, sequence, set, tagged, time, utf8 } from './der.ts';
import { newSigningKey } from './private-keys.ts';

const ED25519 = sequence(objectId('1.3.101.112'));
const extension = (id: string, value: Buffer, critical = false) =>
  sequence(objectId(id), ...(critical ? [boolean(true)] : []), octets(value));
const commonName = (name: string) => sequence(set(sequence(objectId('2.5.4.3'), utf8(name))));

/** Common names of the roots to which the CA of a host offers a chain, its own choice first. */
export const rootsOf = (host: string) => [`${host} Root`, `${host} Older Root`] as const;

export interface LeafRequest {
  spki: Buffer;
  names: readonly string[];
  notBefore: Date;
  notAfter: Date;
  /** Hex. */
  serial: string;
}

/** A CA's intermediate that signs leaves without chance and without threads. */
export class Issuer {
  readonly #name: Buffer;
  readonly #key: KeyObject;
  readonly #keyId: Buffer;
  /** PEM, signed by a root that nobody keeps. */
  readonly certificate: string;
  /** The same signed by another root, as a CA does that becomes known. */
  readonly crossSigned: string;

  constructor(name: string, random: Random) {
    const own = newSigningKey(random);
    this.#name = commonName(`${name} Intermediate`);
    this.#key = own.key;
    this.#keyId = createHash('sha1').update(own.spki).digest();
    const [root, older] = rootsOf(name);
    this.certificate = this.#signedBy(root, own.spki, random);
    this.crossSigned = this.#signedBy(older, own.spki, random);
  }

  #signedBy(root: string, spki: Buffer, random: Random): string {
    const der = signed(newSigningKey(random).key, {
      serial: '02',
      issuer: commonName(root),
      subject: this.#name,
      spki,
      validity: sequence(time(new Date('2020-01-01')), time(new Date('2049-01-01'))),
      extensions: [
        extension('2.5.29.19', sequence(boolean(true)), true),
        extension('2.5.29.14', octets(this.#keyId)),
      ],
    });
    return pem('CERTIFICATE', der);
  }

  /** A leaf, PEM. */
  issue({ spki, names, notBefore, notAfter, serial }: LeafRequest): string {
    const der = signed(this.#key, {
      serial,
      issuer: this.#name,
      subject: sequence(),
      spki,
      validity: sequence(time(notBefore), time(notAfter)),
      extensions: [
        extension('2.5.29.35', sequence(tagged(0x80, this.#keyId))),
        extension('2.5.29.17', sequence(...names.map((name) => tagged(0x82, Buffer.from(name)))), true),
      ],
    });
    return pem('CERTIFICATE', der);
  }

  /** The certId that a leaf of this issuer has (RFC 9773, 4.1). */
  certIdOf(serial: string): string {
    const value = integer(serial).subarray(2);
    return `${this.#keyId.toString('base64url')}.${value.toString('base64url')}`;
  }
}

interface ToSign {
  serial: string;
  issuer: Buffer;
  subject: Buffer;
  spki: Buffer;
  validity: Buffer;
  extensions: Buffer[];
}

function signed(key: KeyObject, { serial, issuer, subject, spki, validity, extensions }: ToSign): Buffer {
  const version = tagged(0xa0, integer('02'));
  const body = sequence(
    version,
    integer(serial),
    ED25519,
    issuer,
    validity,
    subject,
    spki,
    tagged(0xa3, sequence(...extensions)),
  );
  return sequence(body, ED25519, bits(sign(null, body, key)));
}
