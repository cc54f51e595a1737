import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  type webcrypto,
} from 'node:crypto';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { PrivateKeyPem } from '../../lib/foundation/certificate/private-key-pem.ts';

const P256 = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNING = { name: 'ECDSA', hash: 'SHA-256' } as const;

export interface LeafRequest {
  key: PrivateKeyPem;
  names: readonly string[];
  notBefore: Date;
  notAfter: Date;
  /** Hex. */
  serial?: string;
}

/** A CA with a root and an intermediate, all keys P-256. */
export interface TestCa {
  /** The intermediate, PEM. */
  issuer: string;
  /** A leaf, PEM, signed by the intermediate. */
  issue(request: LeafRequest): Promise<string>;
}

export function newKey(): PrivateKeyPem {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return new PrivateKeyPem(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

export async function makeCa(name = 'Test'): Promise<TestCa> {
  const root = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const intermediate = await crypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const issuer = await X509CertificateGenerator.create({
    serialNumber: '02',
    subject: `CN=${name} Intermediate`,
    issuer: `CN=${name} Root`,
    notBefore: new Date('2020-01-01'),
    notAfter: new Date('2040-01-01'),
    publicKey: intermediate.publicKey,
    signingKey: root.privateKey,
    signingAlgorithm: SIGNING,
    extensions: [new BasicConstraintsExtension(true, 0, true)],
  });
  return {
    issuer: `${issuer.toString('pem')}\n`,
    async issue({ key, names, notBefore, notAfter, serial = randomBytes(9).toString('hex') }) {
      const leaf = await X509CertificateGenerator.create({
        serialNumber: serial,
        issuer: issuer.subject,
        notBefore,
        notAfter,
        publicKey: await importPublicKey(createPublicKey(key.reveal())),
        signingKey: intermediate.privateKey,
        signingAlgorithm: SIGNING,
        extensions: [
          await AuthorityKeyIdentifierExtension.create(intermediate.publicKey),
          new SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
        ],
      });
      return `${leaf.toString('pem')}\n`;
    },
  };
}

function importPublicKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  const spki = key.export({ type: 'spki', format: 'der' });
  const algorithm =
    key.asymmetricKeyType === 'rsa' ? { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } : curve(key);
  return crypto.subtle.importKey('spki', spki, algorithm, true, ['verify']);
}

function curve(key: KeyObject) {
  const p384 = key.asymmetricKeyDetails?.namedCurve === 'secp384r1';
  return { name: 'ECDSA', namedCurve: p384 ? 'P-384' : 'P-256' };
}
