import type { Order } from '../../../lib/issuance/ca/certificate-authority.ts';
import type { CaProblem } from '../../../lib/issuance/ca/rules/ended-order.ts';
import type { Window } from './ca-calendar.ts';

export interface KeptOrder {
  url: string;
  account: string;
  names: readonly string[];
  profile: string | undefined;
  status: Order['status'];
  authorizations: string[];
  expires: number;
  /** The certificate that it replaces, and for whose sake no limit counts. */
  replaces: string | undefined;
  isExempt: boolean;
  finalizedAt?: number;
  /** When the CA, which is at work on it, wants to be asked again. */
  askAgainAt?: number;
  /** Why the CA ended it, where no proof was refused. */
  problem?: CaProblem;
  issued?: IssuedCertificate;
  /** Whether the CA fails whenever it is asked about it, until it is mended. */
  isPoisoned: boolean;
  /** Whether it stays pending whatever becomes of its authorizations, until then. */
  isStuck: boolean;
  /** Sites of faults that whoever looks at it comes across. */
  wrong: string[];
}

export interface KeptAuthorization {
  url: string;
  account: string;
  identifier: string;
  isWildcard: boolean;
  status: 'pending' | 'valid' | 'invalid' | 'expired';
  txtValue: string;
  expires: number;
  answered: boolean;
  /** When it was proved. */
  validSince?: number;
  problem?: string;
  /** Whether its proof was good. */
  isMisjudged?: boolean;
}

export interface IssuedCertificate {
  serial: string;
  certId: string;
  names: readonly string[];
  profile: string | undefined;
  notBefore: number;
  notAfter: number;
  keyFingerprint: string;
  account: string;
  /** PEM with its chain. */
  fullchain: string;
  /** PEM with the chain to the CA's other root. */
  otherChain: string;
  issuedAt: number;
  /** How often what was sent of it was of no use. */
  timesSpoilt: number;
  /** When that was last. */
  spoiltAt?: number;
  /** When the CA was first asked for it. */
  window?: Window;
  replacedBy?: string;
  revokedAt?: number;
  /** When we first heard that it is revoked, or about to be. */
  heardAt?: number;
  reason?: string;
}
