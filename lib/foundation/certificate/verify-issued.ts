import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import { PerennialError, type Told } from '../common/perennial-error.ts';
import type { CERTIFICATE } from '../reasons/ca.ts';
import { authorityKeyId } from './authority-key-id.ts';
import { type LeafFacts, leafFacts, spkiHash } from './leaf.ts';
import type { PrivateKeyPem } from './private-key-pem.ts';

/** The CA's answer is not what was ordered and must not be committed. */
export class CertificateError extends PerennialError<keyof typeof CERTIFICATE> {
  override readonly name = 'CertificateError';
}

export interface CertificateFacts extends LeafFacts {
  /** RFC 9773, 4.1. */
  certId: string;
}

export interface Issued {
  facts: CertificateFacts;
  cert: string;
  chain: string;
  fullchain: string;
}

export const PEM_BLOCK = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const MAX_CHAIN = 10;

function refuse(reason: keyof typeof CERTIFICATE, told: Told): never {
  throw new CertificateError(reason, told);
}

/** Checks the CA's chain against the key and the names that were ordered; throws {@link CertificateError}. */
export function verifyIssued(
  fullchainPem: string,
  ordered: { key: PrivateKeyPem; names: readonly string[]; now: Date },
): Issued {
  const blocks = splitChain(fullchainPem);
  const [leaf, ...issuers] = parsing(() => blocks.map((block) => new X509Certificate(block)));
  if (!leaf) refuse('chain-malformed', 'the CA sent no certificate');
  const key = createPrivateKey(ordered.key.reveal());
  if (!parsing(() => leaf.checkPrivateKey(key)))
    refuse('key-mismatch', 'the CA sent a certificate for another key than the one ordered with');
  if (issuers.length === 0) refuse('chain-malformed', 'the CA sent the certificate without its issuer');
  const facts = parsing(() => certificateFacts(leaf));
  const { names, notBefore, notAfter } = facts;
  const missing = ordered.names.filter((name) => !names.includes(name));
  const extra = names.filter((name) => !ordered.names.includes(name));
  if (missing.length + extra.length > 0) {
    const sent = names.join(', ') || 'no names';
    const seen = `the CA sent a certificate for ${sent} instead of ${ordered.names.join(', ')}`;
    // SSL.com's and Actalis's free certificates are for a name and its www.
    const remedy = `this CA adds names of its own: if you want them, add ${extra.join(', ')} to "names" in the renewal file`;
    refuse('names-mismatch', missing.length === 0 ? { seen, remedy } : seen);
  }
  if (notBefore > ordered.now)
    refuse('not-yet-valid', `the certificate is valid only from ${notBefore.toISOString()}`);
  if (notAfter <= ordered.now)
    refuse('already-expired', `the certificate expired at ${notAfter.toISOString()}`);
  checkLinks([leaf, ...issuers]);
  const [cert = '', ...chain] = blocks.map((block) => `${block}\n`);
  return { facts, cert, chain: chain.join(''), fullchain: cert + chain.join('') };
}

function splitChain(pem: string): string[] {
  const blocks = pem.match(PEM_BLOCK) ?? [];
  const rest = pem.replace(PEM_BLOCK, '').trim() ? ' and something that is no certificate' : '';
  if (blocks.length === 0 || blocks.length > MAX_CHAIN || rest !== '')
    refuse('chain-malformed', `the CA sent ${blocks.length} certificates${rest}`);
  return blocks;
}

/** The parsers throw errors of many kinds, some only when a part is read. */
function parsing<T>(parse: () => T): T {
  try {
    return parse();
  } catch {
    refuse('chain-malformed', 'the CA sent a certificate that cannot be parsed');
  }
}

function checkLinks(chain: X509Certificate[]): void {
  for (const [index, certificate] of chain.entries()) {
    const issuer = chain[index + 1];
    if (issuer && !parsing(() => certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey)))
      refuse('chain-malformed', `certificate ${index + 1} of the chain is not signed by the one after it`);
  }
}

/** Whether each certificate of a PEM chain, of two at least, is signed by the one after it. */
export function isLinked(fullchainPem: string): boolean {
  try {
    const chain = splitChain(fullchainPem).map((block) => new X509Certificate(block));
    checkLinks(chain);
    return chain.length > 1;
  } catch {
    return false;
  }
}

/** The SHA-256 of the key that signed a chain's certificate, as its issuer's certificate has it. */
export function issuerOf(fullchainPem: string): string | undefined {
  try {
    const [, issuer] = splitChain(fullchainPem);
    return issuer && spkiHash(new X509Certificate(issuer).publicKey);
  } catch {
    return undefined;
  }
}

export function certificateFacts(leaf: X509Certificate): CertificateFacts {
  const facts = leafFacts(leaf);
  return { ...facts, certId: certIdOf(leaf, facts.serial) };
}

/** RFC 9773, 4.1: base64url of the key identifier of the AKI, a dot, base64url of the serial's DER value. */
function certIdOf(leaf: X509Certificate, serial: string): string {
  const keyId = authorityKeyId(leaf)?.toString('base64url') ?? '';
  const even = serial.length % 2 === 0 ? serial : `0${serial}`;
  const der = Number.parseInt(even.slice(0, 2), 16) >= 0x80 ? `00${even}` : even;
  return `${keyId}.${Buffer.from(der, 'hex').toString('base64url')}`;
}

export function keyFingerprint(key: PrivateKeyPem): string {
  // Of a public key too, createPublicKey alone would give one.
  return spkiHash(createPublicKey(createPrivateKey(key.reveal())));
}
