import type { CaaIssuer } from '../../core/caa.ts';
import { isPersistent } from '../../core/persist-record.ts';
import type { StandingPlan } from '../../core/plan.ts';
import type { Wanted } from '../../core/renewal-file.ts';
import { standingIssuer } from '../../core/standing-records.ts';
import type { State } from '../../core/state.ts';
import type { DescribeAccount } from '../../ports/accounts.ts';
import type { Resolver } from '../../ports/resolver.ts';
import { oneLineOf } from '../failure.ts';
import { findStandingRecords } from '../find-standing-records.ts';
import type { LookContext } from './context.ts';

/** A CA and our account there, as far as they are known. */
export type IssuerAt = (ca: string) => Promise<CaaIssuer | undefined>;

export interface StandingDeps {
  resolver: Resolver;
  caaIdentity: (directoryUrl: string) => Promise<string | undefined>;
  describeAccount: DescribeAccount;
}

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
