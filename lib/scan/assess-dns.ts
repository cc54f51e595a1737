import type { LivePointer } from '../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { inOneLine } from '../foundation/common/perennial-error.ts';
import { casOf } from '../issuance/ca/rules/ca-list.ts';
import { decideCaa } from '../issuance/caa/decide-caa.ts';
import { findCaa } from '../issuance/caa/find-caa.ts';
import { OUR_ACCOUNT } from '../issuance/caa/rules/add-to-caa.ts';
import { type CaaPlan, planCaa, wishOf } from '../issuance/caa/rules/caa-plan.ts';
import { findPersistRecords } from '../issuance/dns/find-persist-records.ts';
import type { CaaIssuer } from '../issuance/dns/rules/issuer.ts';
import { isPersistent } from '../issuance/dns/rules/persist-record.ts';
import { heldTxt, ownRecords } from '../issuance/dns/standing.ts';
import { type KnownIssuer, knownIssuer, persistIssuer } from '../issuance/renewal/rules/persist-issuer.ts';
import type { State } from '../issuance/renewal/rules/state.ts';
import type { AssessContext, AssessDeps } from './context.ts';
import type { PersistPlan } from './rules/plan.ts';
import { isUnseen } from './zones-seen.ts';

/**
 * What would have to change in CAA for a certificate, as `renew` decides it; `undefined` when nothing would, or nothing may. A
 * sweep asks our zones only where something seems to be missing.
 */
export async function assessCaa(
  deps: AssessDeps,
  { wanted, live }: { wanted: Wanted; live: LivePointer | undefined },
  { start, zonesAt }: AssessContext,
): Promise<CaaPlan | undefined> {
  if (wanted.caa.mode !== 'manage') return undefined;
  const { resolver, stack } = deps;
  const issuers = await findIssuers(deps, wanted, live);
  if (issuers.length === 0) return undefined;
  const { names, zoneRole } = wanted;
  const wish = wishOf(wanted, issuers, stack);
  const recorded = live?.caa ?? [];
  const byResolver = async () => planCaa(await findCaa(resolver, names), wish, recorded);
  if (!start.dryRun && !hasContent(await byResolver())) return undefined;
  const { findZone, readRecords, ...zones } = zonesAt(zoneRole);
  const lookAt = ownRecords({ ...zones, findZone }, readRecords);
  const decided = decideCaa(deps, { names, wish, recorded }, { findZone, readRecords, lookAt });
  const plan = await decided.then(
    (found) => found.plan,
    (error) => {
      if (isUnseen(error)) return byResolver();
      throw error;
    },
  );
  // Where its CA stays out, a renewal ends before it changes anything.
  const isRefused = plan.refused?.some(({ identity }) => identity === issuers[0]?.identity);
  const done = isRefused ? { ...plan, edits: [] } : plan;
  return hasContent(done) ? done : undefined;
}

const hasContent = ({ edits, notPossible, refused = [], hiding = [] }: CaaPlan) =>
  edits.length + notPossible.length + refused.length + hiding.length > 0;

/** Those of the live certificate, or of the next order: who has no account there yet opens one. */
async function findIssuers(
  { caaIssuer, describeAccount, stack }: AssessDeps,
  wanted: Wanted,
  live: LivePointer | undefined,
): Promise<CaaIssuer[]> {
  if (live?.caaIssuer) {
    // One that the CA has lost has another address since.
    const account = live.ca ? await describeAccount(live.ca) : undefined;
    const { accountUri = live.caaIssuer.accountUri } = account ?? {};
    return [{ ...live.caaIssuer, accountUri }, ...(live.caaFallbacks ?? [])];
  }
  const found = casOf(wanted, stack).map(async (ca, index): Promise<CaaIssuer[]> => {
    const issuer = await caaIssuer(ca);
    if (!issuer) return [];
    // Others are bound to our account only where the file asks for it.
    if (index > 0 && !wanted.caa.restrict) return [issuer];
    const { accountUri = OUR_ACCOUNT } = (await describeAccount(ca)) ?? {};
    return [{ ...issuer, accountUri }];
  });
  return (await Promise.all(found)).flat();
}

export async function findIssuer(
  { caaIssuer, describeAccount, standingTerms }: AssessDeps,
  ca: string,
): Promise<KnownIssuer | undefined> {
  const [issuer, terms, account] = await Promise.all([
    caaIssuer(ca),
    standingTerms?.(ca),
    describeAccount(ca),
  ]);
  return knownIssuer(issuer?.identity, terms, account);
}

/** For a plan, the persist records for the `ca` of the next order; `undefined` for a certificate proved another way. */
export async function assessPersistRecords(
  { resolver }: AssessDeps,
  wanted: Wanted,
  { ca, state, start, issuerAt, zonesAt, now }: AssessContext & { ca: string; state: State | undefined },
): Promise<PersistPlan | undefined> {
  if (!start.dryRun || !isPersistent(wanted)) return undefined;
  const { name, names, zoneRole } = wanted;
  try {
    const issues = persistIssuer(await issuerAt(ca), { ca, name, state });
    const held = heldTxt(zonesAt(zoneRole));
    if ('seen' in issues) return { records: [], trouble: inOneLine(issues) };
    return { records: await findPersistRecords({ resolver, held }, { names, ...issues }, now) };
  } catch (error) {
    return { records: [], trouble: describeError(error).message };
  }
}
