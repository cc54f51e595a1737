import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { PemPair } from '../../local/hosts/self-signed.ts';

export interface IssueOptions {
  names: string[];
  notBefore?: Date | undefined;
  notAfter?: Date | undefined;
  key?: 'ecdsa' | 'rsa' | undefined;
}

export interface CertificateAuthority {
  /** PEM of the only certificate that a client of this CA trusts. */
  root: string;
  /** A certificate with a new key, and the intermediate; by default from yesterday and for 12 more days. */
  issue(options: IssueOptions): Promise<PemPair>;
}

const DAY_MS = 86_400_000;
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const RSA = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 2048,
};

/** A CA with a root and an intermediate, in this process. */
export async function createAuthority(): Promise<CertificateAuthority> {
  const rootKeys = await webcrypto.subtle.generateKey(ECDSA, false, ['sign', 'verify']);
  const keys = await webcrypto.subtle.generateKey(ECDSA, false, ['sign', 'verify']);
  const life = { notBefore: daysFromNow(-30), notAfter: daysFromNow(30) };
  const extensions = [new x509.BasicConstraintsExtension(true, undefined, true)];
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    ...life,
    name: 'CN=Root under test',
    keys: rootKeys,
    signingAlgorithm: ECDSA,
    extensions,
  });
  const intermediate = await x509.X509CertificateGenerator.create({
    ...life,
    subject: 'CN=Intermediate under test',
    issuer: root.subject,
    publicKey: keys.publicKey,
    signingKey: rootKeys.privateKey,
    signingAlgorithm: ECDSA,
    extensions,
  });
  return {
    root: root.toString('pem'),
    async issue({ names, notBefore = daysFromNow(-1), notAfter = daysFromNow(12), key = 'ecdsa' }) {
      const algorithm = key === 'rsa' ? RSA : ECDSA;
      const leafKeys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      const leaf = await x509.X509CertificateGenerator.create({
        notBefore,
        notAfter,
        issuer: intermediate.subject,
        publicKey: leafKeys.publicKey,
        signingKey: keys.privateKey,
        signingAlgorithm: ECDSA,
        extensions: [
          new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value }))),
        ],
      });
      const privkey = await webcrypto.subtle.exportKey('pkcs8', leafKeys.privateKey);
      return {
        fullchain: `${leaf.toString('pem')}\n${intermediate.toString('pem')}\n`,
        privkey: x509.PemConverter.encode(privkey, 'PRIVATE KEY'),
      };
    },
  };
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}
