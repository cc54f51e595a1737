import { webcrypto } from 'node:crypto';
import { BasicConstraintsExtension, X509CertificateGenerator } from '@peculiar/x509';

const P256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const RSA_4096 = {
  name: 'RSASSA-PKCS1-v1_5',
  hash: 'SHA-256',
  publicExponent: new Uint8Array([1, 0, 1]),
  modulusLength: 4096,
};

export interface RootRequest {
  name?: string;
  key?: 'p256' | 'rsa-4096';
  ca?: boolean;
  notAfter?: Date;
  /** Signed by another, as an intermediate is. */
  signedByAnother?: boolean;
}

/** The certificate of a root, PEM. */
export async function makeRoot({
  name = 'Example Corp Root',
  key = 'p256',
  ca = true,
  notAfter = new Date('2040-01-01'),
  signedByAnother = false,
}: RootRequest = {}): Promise<string> {
  const algorithm = key === 'p256' ? P256 : RSA_4096;
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const other = await webcrypto.subtle.generateKey(P256, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: '01',
    subject: `CN=${name}`,
    issuer: signedByAnother ? 'CN=Another Root' : `CN=${name}`,
    notBefore: new Date('2020-01-01'),
    notAfter,
    publicKey: keys.publicKey,
    signingKey: signedByAnother ? other.privateKey : keys.privateKey,
    signingAlgorithm: signedByAnother ? P256 : algorithm,
    extensions: [new BasicConstraintsExtension(ca, undefined, true)],
  });
  return `${certificate.toString('pem')}\n`;
}
