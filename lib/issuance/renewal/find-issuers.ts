import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import { once } from '../../foundation/common/once.ts';
import type { CaaIssuer } from '../ca/rules/ca-list.ts';
import { casOf } from '../ca/rules/ca-list.ts';
import type { RenewRun } from './phases.ts';

/** All CAs that a certificate may come from as CAA knows them, the batch's own first; empty when that has no identity. */
export type FindIssuers = (wanted: Wanted) => Promise<CaaIssuer[]>;

/** Asks each CA once for all certificates of a batch. */
export function issuerFinder(run: Pick<RenewRun, 'deps' | 'authority'>): FindIssuers {
  const anyone = once((ca: string) => fallbackIssuer(run, ca, false));
  const ourAccount = once((ca: string) => fallbackIssuer(run, ca, true));
  return async (wanted) => {
    const own = await run.authority.caaIssuer();
    if (!own) return [];
    const { mode, restrict } = wanted.caa;
    const others = casOf(wanted, run.deps.stack).filter((ca) => ca !== run.deps.ca && mode === 'manage');
    const issuers = await Promise.all(others.map(restrict ? ourAccount : anyone));
    return [own, ...issuers.flatMap((issuer) => issuer ?? [])];
  };
}

/** Only a value that binds a CA to our account needs one there; a CA that cannot be asked now is let in by a later renewal. */
async function fallbackIssuer(
  { deps }: Pick<RenewRun, 'deps'>,
  ca: string,
  restrict: boolean,
): Promise<CaaIssuer | undefined> {
  try {
    if (restrict) return await (await deps.openAuthority(ca)).caaIssuer();
    const identity = await deps.caaIdentity(ca);
    return identity === undefined ? undefined : { identity };
  } catch (error) {
    deps.warn(`the CA at ${ca} cannot be let into CAA yet: ${describeError(error).message}`);
    return undefined;
  }
}
