import { identifierOf } from '../foundation/certificate/domain-name.ts';
import { lifeLeft } from '../foundation/certificate/life.ts';
import type { KeyName } from '../foundation/certificate/object-keys.ts';
import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { type HostedZone, zonesFor } from '../issuance/dns/rules/hosted-zones.ts';
import { isPersistent, writesDns } from '../issuance/dns/rules/persist-record.ts';
import type { DueCertificate } from '../issuance/renewal/rules/batches.ts';
import { caFor, decideRenewal, isOverdue } from '../issuance/renewal/rules/decide-renewal.ts';
import { assessPersistRecords } from './assess-persist-records.ts';
import type { AssessContext, AssessDeps, Assessment } from './context.ts';
import { findFacts } from './find-facts.ts';
import { waitForLimits } from './order-limits.ts';
import { plannedCertificate, plannedRevocation } from './rules/plan.ts';
import { refusedForSchedule } from './rules/schedule.ts';
import { readWanted, requireTargets } from './usable-file.ts';

/** What is wanted of one certificate, what is, and what follows; a file that cannot be used is rejected. */
export async function assessCertificate(
  deps: AssessDeps,
  found: KeyName,
  context: AssessContext,
): Promise<Assessment> {
  const name = 'name' in found ? found.name : found.rejected;
  try {
    if ('rejected' in found) throw found.error;
    return await decide(deps, await readWanted(deps, name), context);
  } catch (error) {
    return { planned: { name, action: 'reject', ...describeError(error) } };
  }
}

async function decide(deps: AssessDeps, wanted: Wanted, context: AssessContext): Promise<Assessment> {
  const { start, zonesIn, now } = context;
  const { name, zoneRole } = wanted;
  const zoneIds = writesDns(wanted) ? zoneIdsOf(wanted.names, await zonesIn(zoneRole)) : [];
  const { facts, pointer, caa, revocation } = await findFacts(deps, wanted, context);
  const { live, state } = facts;
  const asked = decideRenewal(facts);
  const ca = caFor(facts, asked.reason);
  const decision = await waitForLimits(deps.store, { decision: asked, facts, ca: ca.ca }, context);
  const standing = await assessPersistRecords(deps, wanted, { ...context, ca: ca.ca, state });
  const planned = plannedCertificate(wanted, decision, { notAfter: live?.notAfter, ca });
  const health = {
    name,
    lifeLeft: live && lifeLeft(live, now),
    notAfter: live?.notAfter,
    failures: state?.failures ?? 0,
    overdue: isOverdue(facts),
  };
  const { hosts: groups, acm, probe } = wanted;
  const look: Assessment = {
    planned: {
      ...planned,
      ...(caa && { caa }),
      ...(standing && { standing }),
      ...(revocation && { revoked: plannedRevocation(revocation) }),
    },
    health,
    ...(live && { deployed: { name, version: live.version, groups, acm, probe } }),
  };
  const { checkEveryHours } = deps.stack;
  const refused = live && refusedForSchedule(asked, live, { ...wanted, checkEveryHours, now });
  if (refused) return { ...look, planned: { name, action: 'reject', ...refused } };
  if (decision.action === 'wait') return look;
  if (decision.action === 'renew' && !isPersistent(wanted)) await requireTargets(deps, wanted);
  const due: DueCertificate = {
    name,
    reason: decision.reason,
    ca: ca.ca,
    zoneRole,
    zoneIds,
    notAfter: live && new Date(live.notAfter),
    replacing: pointer?.version ?? null,
    ...(start.ignoreBudget && { ignoreBudget: true }),
  };
  return { ...look, due };
}

/** The hosted zones of the names; throws InputError where none holds one. */
function zoneIdsOf(names: readonly string[], zones: readonly HostedZone[]): string[] {
  return names.map((name) => zonesFor(identifierOf(name), zones)[0].id);
}
