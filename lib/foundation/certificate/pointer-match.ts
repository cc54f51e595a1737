import { X509Certificate } from 'node:crypto';
import { keyTypeOf, type LeafFacts, leafFacts, sha256 } from './leaf.ts';
import type { LivePointer } from './live-pointer.ts';

/** The first certificate of a PEM text; `undefined` where it cannot be read. */
export function leafIn(pem: string): LeafFacts | undefined {
  try {
    return leafFacts(new X509Certificate(pem));
  } catch {
    return undefined;
  }
}

/** When it expires. */
export const expiryOf = (pem: string): Date | undefined => leafIn(pem)?.notAfter;

/** Whether a pointer agrees with its version's chain; one that was edited by hand does not. */
export function matchesChain(pointer: LivePointer, fullchain: string): boolean {
  if (sha256(fullchain) !== pointer.sha256.fullchain) return false;
  try {
    const certificate = new X509Certificate(fullchain);
    const leaf = leafFacts(certificate);
    return (
      keyTypeOf(certificate.publicKey) === pointer.key &&
      leaf.fingerprint === pointer.fingerprint &&
      leaf.keyFingerprint === pointer.keyFingerprint &&
      BigInt(`0x${leaf.serial}`) === BigInt(`0x${pointer.serial}`) &&
      leaf.notBefore.getTime() === Date.parse(pointer.notBefore) &&
      leaf.notAfter.getTime() === Date.parse(pointer.notAfter) &&
      [...leaf.names].sort().join() === [...pointer.names].sort().join()
    );
  } catch {
    return false;
  }
}
