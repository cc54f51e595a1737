import type { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { CERTIFICATE_MANAGER } from '../../foundation/reasons/acm.ts';

/** A certificate to import, PEM; the chain is without the leaf. */
export interface ImportableCertificate {
  cert: string;
  chain: string;
  key: PrivateKeyPem;
}

/** ACM of one region. Errors are {@link CertificateManagerError}; none holds key material. */
export interface CertificateManager {
  /** The ARN of the import that carries this name's tags; `undefined` when there is none. */
  find(name: string): Promise<string | undefined>;
  /** Imports anew, with this name's tags; the new ARN. Twice makes two. */
  create(name: string, certificate: ImportableCertificate): Promise<string>;
  /** Imports over an earlier import, whose ARN and tags stay. Harmless twice. `false` when there is no such ARN any more. */
  replace(arn: string, certificate: ImportableCertificate): Promise<boolean>;
}

export class CertificateManagerError extends PerennialError<keyof typeof CERTIFICATE_MANAGER> {
  override readonly name = 'CertificateManagerError';
}
