import type { CertificateStatus } from './certificate-status.ts';

/** Lambda refuses an answer of over 6 MB (6,291,556 bytes; its documentation, "Lambda quotas"). */
const MOST_BYTES = 5_000_000;

/** The first certificates, as many as an answer may have. */
export function fitting(certificates: readonly CertificateStatus[]): CertificateStatus[] {
  let bytes = 0;
  const end = certificates.findIndex((certificate) => {
    bytes += Buffer.byteLength(JSON.stringify(certificate)) + 1;
    return bytes > MOST_BYTES;
  });
  return certificates.slice(0, end === -1 ? undefined : end);
}
