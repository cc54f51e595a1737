import type { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { CERTIFICATE_MANAGER } from '../../foundation/reasons/acm.ts';

/** In PEM; the chain is without the leaf. */
export interface ImportableCertificate {
  cert: string;
  chain: string;
  key: PrivateKeyPem;
}

/** ACM of one region. Errors are {@link CertificateManagerError}; none holds key material. */
export interface CertificateManager {
  /** The ARN of the import with this name's tags. */
  find(name: string): Promise<string | undefined>;
  /** Makes a new import with this name's tags; its ARN. A second call makes a second one. */
  create(name: string, certificate: ImportableCertificate): Promise<string>;
  /** Imports over an earlier import, which keeps its ARN and tags. May be repeated. `false` when the ARN is gone. */
  replace(arn: string, certificate: ImportableCertificate): Promise<boolean>;
}

export class CertificateManagerError extends PerennialError<keyof typeof CERTIFICATE_MANAGER> {
  override readonly name = 'CertificateManagerError';
}
