import type { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import type { RevocationReason } from '../../foundation/certificate/revocation.ts';
import { PerennialError, type Told } from '../../foundation/common/perennial-error.ts';
import type { Reason } from '../../foundation/reasons/reasons.ts';
import type { CaaIssuer } from './rules/ca-list.ts';

/** An ACME order (RFC 8555, 7.1.3). */
export interface Order {
  url: string;
  status: 'pending' | 'ready' | 'processing' | 'valid' | 'invalid';
  authorizations: string[];
  finalize: string;
  certificate?: string | undefined;
  /** When the CA wants to be asked again, in milliseconds. */
  retryAfterMs?: number | undefined;
}

/** An authorization with its DNS-01 challenge (RFC 8555, 7.1.4 and 8.4). */
export interface Authorization {
  url: string;
  identifier: string;
  status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired' | 'revoked';
  challenge: { url: string; status: string; txtValue: string } | undefined;
  /** Its DNS-PERSIST-01 challenge, where the CA offers one. */
  persistChallenge?: { url: string } | undefined;
  /** The CA's words for why it is invalid. */
  problem?: string | undefined;
}

export interface OrderRequest {
  names: readonly string[];
  profile?: string | undefined;
  /** certId of the certificate that this one replaces (RFC 9773, 5); left out at a CA that knows nothing of it. */
  replaces?: string | undefined;
}

/** What a certificate is asked for with: a key, and the names; the same names whenever it is the same key. */
export interface CsrSubject {
  key: PrivateKeyPem;
  names: readonly string[];
}

/** One CA with our account. Every call may be repeated; errors are {@link AcmeError} with the CA's problem. */
export interface CertificateAuthority {
  /** Directory address: names the CA in events and pointers. */
  readonly directoryUrl: string;
  /** Our account there (RFC 8555, 7.3). */
  readonly accountUrl: string;
  /** The CA and our account as CAA knows them; `undefined` when the CA's directory names no identity. */
  caaIssuer(): Promise<CaaIssuer | undefined>;
  createOrder(request: OrderRequest): Promise<Order>;
  order(url: string): Promise<Order>;
  authorization(url: string): Promise<Authorization>;
  answerChallenge(url: string): Promise<void>;
  /** Makes ahead what {@link finalize} will send, which costs CPU; resolves also when that cannot be made. */
  prepare(csr: CsrSubject): Promise<void>;
  finalize(order: Order, csr: CsrSubject): Promise<Order>;
  /** Has a certificate (PEM) of this account revoked (RFC 8555, 7.6); one that is revoked already is done. */
  revoke(certificate: string, reason: RevocationReason): Promise<void>;
  /** The certificate with its chain, PEM: the CA's own choice, and after it the other chains it offers where they are asked for. */
  certificate(order: Order, options?: { alternates: boolean }): Promise<[string, ...string[]]>;
}

/** Finds, or on first use makes, our account at a CA; `lost` is the address of one that the CA will not have any more. */
export type OpenCertificateAuthority = (
  directoryUrl: string,
  options?: { lost: string },
) => Promise<CertificateAuthority>;

/** A refusal or failure of the CA; `reason` is `acme-` and the problem type's last word in kebab-case. */
export class AcmeError extends PerennialError {
  override readonly name = 'AcmeError';
  readonly retryAfterMs: number | undefined;
  /** The DNS names that it is about, where the CA says so. */
  readonly identifiers: readonly string[];

  constructor(
    reason: Reason,
    told: Told,
    {
      retryAfterMs,
      identifiers = [],
    }: { retryAfterMs?: number | undefined; identifiers?: readonly string[] } = {},
  ) {
    super(reason, told);
    this.retryAfterMs = retryAfterMs;
    this.identifiers = identifiers;
  }
}
