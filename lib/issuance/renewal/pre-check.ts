import { challengeName, identifierOf } from '../../foundation/certificate/domain-name.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { once } from '../../foundation/common/once.ts';
import { AcmeError } from '../ca/certificate-authority.ts';
import { casOf } from '../ca/rules/ca-list.ts';
import { placeCaa } from '../caa/place-caa.ts';
import { challengeTarget } from '../dns/challenge-target.ts';
import { findPersistRecords } from '../dns/find-persist-records.ts';
import { type FindZone, zoneFinder } from '../dns/find-zone.ts';
import { DnsError } from '../dns/resolver.ts';
import type { CaaIssuer } from '../dns/rules/issuer.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import { missingRecord } from '../dns/rules/persist-records.ts';
import { type HeldTxt, heldTxt, ownRecords, type StandingCname, standingCname } from '../dns/standing.ts';
import { orWarn, type RenewDeps } from './deps.ts';
import { type BatchDeps, type Checked, type Claimed, type RenewRun, runPhase } from './phases.ts';

/** Finds where each proof belongs and whether CAA lets our CA issue, before the CA is asked for anything. */
export function preCheck(run: RenewRun, claimed: readonly Claimed[]): Promise<Checked[]> {
  const { deps } = run;
  const findZone = zoneFinder(deps, run.hostedZones);
  const findIssuers = issuerFinder(run);
  const readRecords = once((zoneId: string) => deps.zones.records(zoneId));
  const cname = once(standingCname({ ...deps, findZone }));
  const held = heldTxt({ ...deps, findZone });
  const lookAt = once(ownRecords({ ...deps, findZone }, readRecords));
  return runPhase(run, claimed, async (renewal) => {
    const { wanted } = renewal;
    const persistent = isPersistent(wanted);
    const identifiers = persistent ? [] : [...new Set(wanted.names.map(identifierOf))];
    const targets = identifiers.map(
      async (identifier) => [identifier, await placeOf({ ...deps, cname }, identifier, findZone)] as const,
    );
    const challengeTargets = new Map(await Promise.all(targets));
    const [issuer, ...caaFallbacks] = await findIssuers(wanted);
    if (persistent) await requirePersistRecords(run, held, wanted.names);
    const issuers = issuer && ([issuer, ...caaFallbacks] as const);
    const caaEdits = issuers ? await placeCaa(deps, renewal, { issuers, findZone, readRecords, lookAt }) : [];
    return { ...renewal, challengeTargets, caaEdits, caaFallbacks };
  });
}

/** The name and hosted zone of a proof. */
async function placeOf(
  { resolver, zones, stack, cname }: BatchDeps & { cname: StandingCname },
  identifier: string,
  findZone: FindZone,
) {
  const name = await challengeTarget({ cname, stack }, identifier).catch(async (error) => {
    // If the DNS does not answer, the search for the zone often throws the cause.
    if (error instanceof DnsError) await findZone(challengeName(identifier));
    throw error;
  });
  const zone = await findZone(name);
  // A record that our values cannot be added to fails here, before the order.
  if ((await resolver.txt(name)).length > 0) await zones.read(zone.id, { name, type: 'TXT' });
  return { zoneId: zone.id, zoneName: zone.name, name };
}

/** Requires a persist record at each name that lets our account at this CA issue; the error lists the missing ones. */
async function requirePersistRecords(
  { authority, deps: { resolver, clock } }: RenewRun,
  held: HeldTxt,
  names: readonly string[],
): Promise<void> {
  const issuer = await authority.standingIssuer();
  if (!issuer)
    throw new AcmeError(
      'dns-persist-01-not-offered',
      "the CA's directory names no identity for a standing record",
    );
  const records = await findPersistRecords({ resolver, held }, { names, issuer }, clock());
  const missing = records.flatMap((record) => missingRecord(record) ?? []);
  if (missing.length > 0) throw new InputError('standing-record-missing', missing.join('; '));
}

/**
 * Finds all CAs that a certificate may come from as CAA knows them, the batch's own first; none when that has no identity.
 * Asks each CA once for the whole batch.
 */
function issuerFinder({ deps, authority }: RenewRun): (wanted: Wanted) => Promise<CaaIssuer[]> {
  const anyAccount = once((ca: string) => fallbackIssuer(deps, ca, false));
  const ourAccount = once((ca: string) => fallbackIssuer(deps, ca, true));
  return async (wanted) => {
    const own = await authority.caaIssuer();
    if (!own) return [];
    const { mode, restrict } = wanted.caa;
    const others = casOf(wanted, deps.stack).filter((ca) => ca !== deps.ca && mode === 'manage');
    const issuers = await Promise.all(others.map(restrict ? ourAccount : anyAccount));
    return [own, ...issuers.flatMap((issuer) => issuer ?? [])];
  };
}

/** Opens an account only where the value names it. A CA that cannot be asked now is added by a later renewal. */
function fallbackIssuer(deps: RenewDeps, ca: string, restrict: boolean): Promise<CaaIssuer | undefined> {
  return orWarn(deps, `the CA at ${ca} cannot be let into CAA yet`, async () => {
    if (restrict) return (await deps.openAuthority(ca)).caaIssuer();
    return deps.caaIssuer(ca);
  });
}
