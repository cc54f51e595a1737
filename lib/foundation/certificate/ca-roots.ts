import { X509Certificate } from 'node:crypto';

/**
 * Lambda takes 4 KB of environment in all (AWS Lambda, "Quotas"); this leaves half of it to the other settings. In base64 of
 * DER, a root with a P-256 key has 500 to 700 characters, one with RSA of 4096 bits about 1,900.
 */
const MAX_CHARACTERS = 2_000;
const BLOCK = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/**
 * The root certificates of a PEM text, as base64 of DER, each once; or what is wrong with the text, without a word of it, as it
 * may be a key. Text around the certificates, as `openssl x509 -text` writes it, is passed over.
 */
export function readCaRoots(pem: string, now: Date): { roots: string[] } | { complaint: string } {
  if (/PRIVATE KEY-----/.test(pem))
    return { complaint: 'holds a private key; give the certificates of the roots only' };
  const blocks = [...pem.matchAll(BLOCK)].map(([, base64 = '']) => base64.replace(/\s+/g, ''));
  if (pem.trim() !== '' && blocks.length === 0)
    return { complaint: 'holds no certificate in PEM (-----BEGIN CERTIFICATE-----)' };
  for (const [index, block] of blocks.entries()) {
    const complaint = complaintAboutRoot(block, now);
    if (complaint) return { complaint: `certificate ${index + 1} ${complaint}` };
  }
  const roots = [...new Set(blocks)];
  const size = roots.join(',').length;
  if (size <= MAX_CHARACTERS) return { roots };
  const found = `${roots.length} roots of ${size} characters in base64`;
  return {
    complaint: `holds ${found}, and Lambda's environment has room for ${MAX_CHARACTERS}; give fewer, or a root with an ECDSA key`,
  };
}

/** OpenSSL trusts only what signed itself, unless it is told otherwise; a leaf is no root whoever signed it. */
function complaintAboutRoot(base64: string, now: Date): string | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    return 'cannot be read';
  }
  if (!certificate.ca) return 'is not that of a CA; give the root that signed it';
  if (!certificate.checkIssued(certificate) || !certificate.verify(certificate.publicKey))
    return 'is signed by another; give the root at the top of the chain';
  if (certificate.validToDate <= now) return `expired at ${certificate.validToDate.toISOString()}`;
  return undefined;
}

/** What {@link readCaRoots} gave, as PEM. */
export function pemOf(base64: string): string {
  const lines = base64.match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}
