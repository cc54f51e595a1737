import type { Faults } from '../engine/faults.ts';
import type { Random } from '../engine/random.ts';
import type { Scheduler } from '../engine/scheduler.ts';
import type { Trace } from '../engine/trace.ts';
import type { Issuer } from '../keys/issuer.ts';
import type { CaLimits } from './ca-limits.ts';
import type { IssuedCertificate, KeptAuthorization } from './ca-records.ts';
import type { PublicDns } from './public-dns.ts';

export interface CaParts {
  scheduler: Scheduler;
  random: Random;
  faults: Faults;
  trace: Trace;
  dns: PublicDns;
}

/** What a validation needs of the CA that makes it. */
export interface Validator {
  identity: string;
  /** How long a proof counts, from now on. */
  reuse: number;
  limits: CaLimits;
  parts: CaParts;
  onRefusedProof: ((authorization: KeptAuthorization) => void)[];
}

/** What an issuance needs of the CA that makes it. */
export interface Signer {
  identity: string;
  issuer: Issuer;
  authorizations: Map<string, KeptAuthorization>;
  issued: Map<string, IssuedCertificate>;
  limits: CaLimits;
  parts: CaParts;
  onIssued: ((certificate: IssuedCertificate) => void)[];
}
