import type { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { CERTIFICATE_MANAGER } from '../../foundation/reasons/acm.ts';

/** In PEM; the chain is without the leaf. */
export interface ImportableCertificate {
  cert: string;
  chain: string;
  key: PrivateKeyPem;
}

/** Of which certificate an import is: its name here, and the DNS names in it. */
export interface Imported {
  name: string;
  names: readonly string[];
}

/**
 * ACM of one region. Errors are {@link CertificateManagerError}; none holds key material. A call whose `signal` aborts ends
 * with any of them, and may have been carried out.
 */
export interface CertificateManager {
  /** The ARN of the import with this name's tags, of those that have one of the DNS names. Costs a few calls, however many imports there are. */
  find(wanted: Imported, signal?: AbortSignal): Promise<string | undefined>;
  /** Makes a new import with this name's tags; its ARN. A second call makes a second one. */
  create(name: string, certificate: ImportableCertificate, signal?: AbortSignal): Promise<string>;
  /** Imports over an earlier import, which keeps its ARN and tags. May be repeated. `false` when the ARN is gone. */
  replace(arn: string, certificate: ImportableCertificate, signal?: AbortSignal): Promise<boolean>;
}

export class CertificateManagerError extends PerennialError<keyof typeof CERTIFICATE_MANAGER> {
  override readonly name = 'CertificateManagerError';
}
