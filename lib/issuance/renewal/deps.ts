import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import type { EventBus } from '../../foundation/events/events.ts';
import type { Runtime } from '../../foundation/runtime.ts';
import type { OpenCertificateAuthority } from '../ca/certificate-authority.ts';
import type { Resolver } from '../dns/resolver.ts';
import type { CaaIssuer } from '../dns/rules/issuer.ts';
import type { ZonesOf } from '../dns/zones.ts';

export interface RenewDeps {
  store: ObjectStore;
  zonesOf: ZonesOf;
  resolver: Resolver;
  openAuthority: OpenCertificateAuthority;
  /** A CA's names in CAA, without an account there; `undefined` when it names none, or cannot be asked now. */
  caaIssuer: (directoryUrl: string) => Promise<CaaIssuer | undefined>;
  events: EventBus;
  stack: Stack;
  clock: () => Date;
  runtime: Runtime;
  /** Logs failures that do not end a renewal. */
  warn: (message: string) => void;
}

/** Does something that the renewal does not depend on: its failure is only a warning. */
export async function orWarn<Result>(
  { warn }: Pick<RenewDeps, 'warn'>,
  failure: string,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work();
  } catch (error) {
    warn(`${failure}: ${describeError(error).message}`);
    return undefined;
  }
}
