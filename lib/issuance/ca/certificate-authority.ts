import type { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import type { RevocationReason } from '../../foundation/certificate/revocation.ts';
import { PerennialError, type Told } from '../../foundation/common/perennial-error.ts';
import type { Reason } from '../../foundation/reasons/reasons.ts';
import type { AccountIssuer, CaaIssuer } from '../dns/rules/issuer.ts';
import type { CaProblem } from './rules/ended-order.ts';
import type { Refusal } from './rules/rate-limit-scope.ts';

/** An ACME order (RFC 8555, 7.1.3). */
export interface Order {
  url: string;
  status: 'pending' | 'ready' | 'processing' | 'valid' | 'invalid';
  authorizations: string[];
  finalize: string;
  certificate?: string | undefined;
  /** The CA's Retry-After, in milliseconds. */
  retryAfterMs?: number | undefined;
  /** Why it is invalid, where the CA says so of the order itself. */
  problem?: CaProblem | undefined;
}

/** An authorization with its DNS-01 challenge (RFC 8555, 7.1.4 and 8.4). */
export interface Authorization {
  url: string;
  identifier: string;
  status: 'pending' | 'valid' | 'invalid' | 'deactivated' | 'expired' | 'revoked';
  challenge: { url: string; status: string; txtValue: string } | undefined;
  /** Its DNS-PERSIST-01 challenge, where the CA offers one, and the issuer domain names that a record may have. */
  persistChallenge?: { url: string; status: string; issuers?: readonly string[] | undefined } | undefined;
  /** Why it is invalid: the problem of each of its challenges, of whatever type. */
  problems: readonly CaProblem[];
}

export interface OrderRequest {
  names: readonly string[];
  profile?: string | undefined;
  /** certId of the certificate that this one replaces (RFC 9773, 5); left out at a CA that does not know it. */
  replaces?: string | undefined;
}

/** The key and the names of a CSR; the same key always has the same names. */
export interface CsrSubject {
  key: PrivateKeyPem;
  names: readonly string[];
}

/** One CA with our account. Every call may be repeated; errors are {@link AcmeError} with the CA's problem. */
export interface CertificateAuthority {
  /** Directory address; identifies the CA in events and pointers. */
  readonly directoryUrl: string;
  /** Our account there (RFC 8555, 7.3). */
  readonly accountUrl: string;
  /** The CA and our account as CAA knows them; `undefined` when the CA's directory names no identity. */
  caaIssuer(): Promise<CaaIssuer | undefined>;
  /** The CA and our account as standing records name them; `undefined` when the CA's directory names no identity. */
  standingIssuer(): Promise<AccountIssuer | undefined>;
  createOrder(request: OrderRequest): Promise<Order>;
  order(url: string): Promise<Order>;
  authorization(url: string): Promise<Authorization>;
  /** Tells the CA to look; one that has been told already counts as told. */
  answerChallenge(url: string): Promise<void>;
  /** Makes the CSR for {@link finalize} ahead of time, which costs CPU; resolves even when that fails. */
  prepare(csr: CsrSubject): Promise<void>;
  finalize(order: Order, csr: CsrSubject): Promise<Order>;
  /** Revokes a certificate (PEM) of this account (RFC 8555, 7.6); one that is revoked already counts as done. */
  revoke(certificate: string, reason: RevocationReason): Promise<void>;
  /** The certificate with the CA's default chain, PEM; then its alternate chains where they are asked for. */
  certificate(order: Order, options?: { alternates: boolean }): Promise<[string, ...string[]]>;
}

/** Finds our account at a CA, or makes it on first use; `lost` is the address of one that the CA no longer accepts. */
export type OpenCertificateAuthority = (
  directoryUrl: string,
  options?: { lost: string },
) => Promise<CertificateAuthority>;

/** A refusal or failure of the CA; `reason` is `acme-` and the last part of the problem type in kebab-case. */
export class AcmeError extends PerennialError {
  override readonly name = 'AcmeError';
  readonly retryAfterMs: number | undefined;
  /** The DNS names that it concerns, where the CA says so. */
  readonly identifiers: readonly string[];
  readonly orderEnded: boolean;
  /** The DNS names whose proof the CA refused, which it counts against a limit. */
  readonly unproved: readonly string[];

  constructor(
    reason: Reason,
    told: Told,
    {
      retryAfterMs,
      identifiers = [],
      orderEnded = false,
      unproved = [],
    }: Omit<Refusal, 'reason' | 'message'> = {},
  ) {
    super(reason, told);
    this.retryAfterMs = retryAfterMs;
    this.identifiers = identifiers;
    this.orderEnded = orderEnded;
    this.unproved = unproved;
  }
}
