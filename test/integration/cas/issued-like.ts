import { webcrypto } from 'node:crypto';
import * as x509 from '@peculiar/x509';

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const HOUR_MS = 3_600_000;
const SERVER = '1.3.6.1.5.5.7.3.1';
const CLIENT = '1.3.6.1.5.5.7.3.2';

/** What a CA's certificates are like. */
export interface Issuance {
  lifeHours: number;
  /** How many certificates the CA sends after the leaf; 1 by default. */
  issuers?: number;
  /** Whether the last of them is the root itself. */
  withRoot?: boolean;
  commonName?: boolean;
  clientAuthentication?: boolean;
  ocsp?: boolean;
  /** Makes the names of those ordered. */
  names?: (ordered: string[]) => string[];
}

/** Another CA's certificate in the place of this chain (PEM): for the same key, valid from an hour ago. */
export async function issuedLike(fullchain: string, issuance: Issuance): Promise<string> {
  const [first = ''] = x509.PemConverter.decode(fullchain);
  const ordered = new x509.X509Certificate(first);
  const issuers = await hierarchy(issuance);
  const [issuer] = issuers;
  if (!issuer) throw new Error('a certificate has an issuer');
  const names = namesOf(ordered);
  const { names: given = (all: string[]) => all } = issuance;
  const notBefore = new Date(Date.now() - HOUR_MS);
  const leaf = await x509.X509CertificateGenerator.create({
    subject: issuance.commonName ? `CN=${names[0]}` : '',
    issuer: issuer.certificate.subject,
    notBefore,
    notAfter: new Date(notBefore.getTime() + issuance.lifeHours * HOUR_MS),
    publicKey: await ordered.publicKey.export(),
    signingKey: issuer.keys.privateKey,
    signingAlgorithm: ECDSA,
    extensions: [
      new x509.SubjectAlternativeNameExtension(
        given(names).map((value) => ({ type: 'dns', value })),
        // RFC 5280, 4.1.2.6: critical where the subject is empty.
        !issuance.commonName,
      ),
      new x509.ExtendedKeyUsageExtension(issuance.clientAuthentication ? [SERVER, CLIENT] : [SERVER]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer.keys.publicKey),
      ...(issuance.ocsp
        ? [new x509.AuthorityInfoAccessExtension({ ocsp: ['http://ocsp.example.test'] })]
        : []),
    ],
  });
  return [leaf, ...issuers.map(({ certificate }) => certificate)]
    .map((one) => `${one.toString('pem')}\n`)
    .join('');
}

/** The issuers above a leaf, the nearest first. */
async function hierarchy({ issuers = 1, withRoot = false }: Issuance) {
  const made: { certificate: x509.X509Certificate; keys: webcrypto.CryptoKeyPair }[] = [];
  const levels = withRoot ? issuers : issuers + 1;
  for (let level = 0; level < levels; level += 1) {
    const keys = (await webcrypto.subtle.generateKey(ECDSA, true, [
      'sign',
      'verify',
    ])) as webcrypto.CryptoKeyPair;
    const above = made[0];
    const certificate = await x509.X509CertificateGenerator.create({
      subject: `CN=Level ${level}`,
      issuer: above?.certificate.subject ?? 'CN=Level 0',
      notBefore: new Date('2025-01-01'),
      notAfter: new Date('2045-01-01'),
      publicKey: keys.publicKey,
      signingKey: (above?.keys ?? keys).privateKey,
      signingAlgorithm: ECDSA,
      extensions: [new x509.BasicConstraintsExtension(true, undefined, true)],
    });
    made.unshift({ certificate, keys });
  }
  return made.slice(0, issuers);
}

function namesOf(certificate: x509.X509Certificate): string[] {
  const names = certificate.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? [];
  return names.map(({ value }) => value);
}
