import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { inOneLine } from '../foundation/common/perennial-error.ts';
import type { CaaIssuer } from '../issuance/ca/rules/ca-list.ts';
import { findPersistRecords } from '../issuance/dns/find-persist-records.ts';
import { isPersistent } from '../issuance/dns/rules/persist-record.ts';
import { persistIssuer } from '../issuance/renewal/rules/persist-issuer.ts';
import type { State } from '../issuance/renewal/rules/state.ts';
import type { AssessContext, PersistDeps } from './context.ts';
import type { PersistPlan } from './rules/plan.ts';

interface Asked extends Pick<AssessContext, 'start' | 'issuerAt' | 'now'> {
  /** The one that would be asked. */
  ca: string;
  state: State | undefined;
}

export async function findIssuer(
  { caaIdentity, describeAccount }: PersistDeps,
  ca: string,
): Promise<CaaIssuer | undefined> {
  const [identity, account] = await Promise.all([caaIdentity(ca), describeAccount(ca)]);
  return identity === undefined ? undefined : { identity, accountUri: account?.accountUri };
}

/** For a plan, the standing records that a certificate is proved by; `undefined` for one that is proved otherwise. */
export async function assessPersistRecords(
  { resolver }: PersistDeps,
  wanted: Wanted,
  { ca, state, start, issuerAt, now }: Asked,
): Promise<PersistPlan | undefined> {
  if (!start.dryRun || !isPersistent(wanted)) return undefined;
  const { name, names } = wanted;
  try {
    const issues = persistIssuer(await issuerAt(ca), { ca, name, state });
    if ('seen' in issues) return { records: [], trouble: inOneLine(issues) };
    return { records: await findPersistRecords(resolver, { names, ...issues }, now) };
  } catch (error) {
    return { records: [], trouble: describeError(error).message };
  }
}
