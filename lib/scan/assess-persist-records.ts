import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import { oneLineOf } from '../foundation/common/describe-error.ts';
import type { CaaIssuer } from '../issuance/ca/rules/ca-list.ts';
import { findStandingRecords } from '../issuance/dns/find-persist-records.ts';
import { isPersistent } from '../issuance/dns/rules/persist-record.ts';
import { standingIssuer } from '../issuance/renewal/rules/persist-issuer.ts';
import type { State } from '../issuance/renewal/rules/state.ts';
import type { LookContext, StandingDeps } from './context.ts';
import type { StandingPlan } from './rules/plan.ts';

interface Asked extends Pick<LookContext, 'start' | 'issuerAt' | 'now'> {
  /** The one that would be asked. */
  ca: string;
  state: State | undefined;
}

export async function findIssuer(
  { caaIdentity, describeAccount }: StandingDeps,
  ca: string,
): Promise<CaaIssuer | undefined> {
  const [identity, account] = await Promise.all([caaIdentity(ca), describeAccount(ca)]);
  return identity === undefined ? undefined : { identity, accountUri: account?.accountUri };
}

/** For a plan, the standing records that a certificate is proved by; `undefined` for one that is proved otherwise. */
export async function lookAtStanding(
  { resolver }: StandingDeps,
  wanted: Wanted,
  { ca, state, start, issuerAt, now }: Asked,
): Promise<StandingPlan | undefined> {
  if (start.start !== 'plan' || !isPersistent(wanted)) return undefined;
  const { name, names } = wanted;
  try {
    const issues = standingIssuer(await issuerAt(ca), { ca, name, state });
    if ('seen' in issues) return { records: [], trouble: `${issues.seen}; ${issues.remedy}` };
    return { records: await findStandingRecords(resolver, { names, ...issues }, now) };
  } catch (error) {
    return { records: [], trouble: oneLineOf(error).message };
  }
}
