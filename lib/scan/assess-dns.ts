import type { LivePointer } from '../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { inOneLine } from '../foundation/common/perennial-error.ts';
import { type CaaIssuer, casOf } from '../issuance/ca/rules/ca-list.ts';
import { findCaa } from '../issuance/caa/find-caa.ts';
import { type CaaPlan, planCaa, wishOf } from '../issuance/caa/rules/caa-plan.ts';
import { findPersistRecords } from '../issuance/dns/find-persist-records.ts';
import { isPersistent } from '../issuance/dns/rules/persist-record.ts';
import { heldTxt } from '../issuance/dns/standing.ts';
import { type KnownIssuer, knownIssuer, persistIssuer } from '../issuance/renewal/rules/persist-issuer.ts';
import type { State } from '../issuance/renewal/rules/state.ts';
import type { AssessContext, AssessDeps } from './context.ts';
import { ownZones } from './own-zones.ts';
import type { PersistPlan } from './rules/plan.ts';

/** What would have to change in CAA for a certificate; `undefined` when nothing would, or nothing may. */
export async function assessCaa(
  { resolver, caaIdentity, stack }: AssessDeps,
  wanted: Wanted,
  live: LivePointer | undefined,
): Promise<CaaPlan | undefined> {
  if (wanted.caa.mode !== 'manage') return undefined;
  const issuers: CaaIssuer[] = live?.caaIssuer
    ? [live.caaIssuer, ...(live.caaFallbacks ?? [])]
    : (await Promise.all(casOf(wanted, stack).map(caaIdentity))).flatMap((identity) =>
        identity === undefined ? [] : { identity },
      );
  if (issuers.length === 0) return undefined;
  const found = await findCaa(resolver, wanted.names);
  const plan = planCaa(found, wishOf(wanted, issuers, stack), live?.caa ?? []);
  const { edits, notPossible, refused = [] } = plan;
  return edits.length + notPossible.length + refused.length > 0 ? plan : undefined;
}

export async function findIssuer(
  { caaIdentity, describeAccount, standingTerms }: AssessDeps,
  ca: string,
): Promise<KnownIssuer | undefined> {
  const [identity, terms, account] = await Promise.all([
    caaIdentity(ca),
    standingTerms?.(ca),
    describeAccount(ca),
  ]);
  return knownIssuer(identity, terms, account);
}

/** For a plan, the persist records for the `ca` of the next order; `undefined` for a certificate proved another way. */
export async function assessPersistRecords(
  { resolver, zonesOf }: AssessDeps,
  wanted: Wanted,
  { ca, state, start, issuerAt, zonesIn, now }: AssessContext & { ca: string; state: State | undefined },
): Promise<PersistPlan | undefined> {
  if (!start.dryRun || !isPersistent(wanted)) return undefined;
  const { name, names, zoneRole } = wanted;
  try {
    const issues = persistIssuer(await issuerAt(ca), { ca, name, state });
    const held = heldTxt(ownZones({ zonesOf, resolver, zonesIn }, zoneRole));
    if ('seen' in issues) return { records: [], trouble: inOneLine(issues) };
    return { records: await findPersistRecords({ resolver, held }, { names, ...issues }, now) };
  } catch (error) {
    return { records: [], trouble: describeError(error).message };
  }
}
