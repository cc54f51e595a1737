import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

/** A certificate and its key as PEM; `fullchain` may hold more than one certificate. */
export interface PemPair {
  fullchain: string;
  privkey: string;
}

export interface SelfSignedOptions {
  names: string[];
  notBefore?: Date;
  notAfter?: Date;
}

const DAY_MS = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A self-signed certificate for `names` with a new P-256 key; by default from yesterday and for 12 more days. */
export async function selfSign(options: SelfSignedOptions): Promise<PemPair> {
  const { names, notBefore = daysFromNow(-1), notAfter = daysFromNow(12) } = options;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=${names[0]}`,
    notBefore,
    notAfter,
    keys,
    signingAlgorithm: algorithm,
    extensions: [new x509.SubjectAlternativeNameExtension(names.map((value) => ({ type: 'dns', value })))],
  });
  const key = await webcrypto.subtle.exportKey('pkcs8', keys.privateKey);
  return {
    fullchain: `${certificate.toString('pem')}\n`,
    privkey: x509.PemConverter.encode(key, 'PRIVATE KEY'),
  };
}

function daysFromNow(days: number): Date {
  return new Date(Date.now() + days * DAY_MS);
}
