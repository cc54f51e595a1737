import type { Reads } from '../foundation/bucket/object-store.ts';
import { identifierOf } from '../foundation/certificate/domain-name.ts';
import { lifeLeft } from '../foundation/certificate/life.ts';
import { type KeyName, renewalKey } from '../foundation/certificate/object-keys.ts';
import { parseRenewalFile, type Wanted } from '../foundation/certificate/renewal-file.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { InputError } from '../foundation/common/input-error.ts';
import { challengeTarget } from '../issuance/dns/challenge-target.ts';
import { DnsError } from '../issuance/dns/resolver.ts';
import { zonesFor } from '../issuance/dns/rules/hosted-zones.ts';
import { isPersistent, writesDns } from '../issuance/dns/rules/persist-record.ts';
import { standingCname } from '../issuance/dns/standing.ts';
import { issuedLately, orderLimitFacts } from '../issuance/renewal/gather-facts.ts';
import { issuedToOthers } from '../issuance/renewal/order-lock.ts';
import type { DueCertificate } from '../issuance/renewal/rules/batches.ts';
import {
  caFor,
  decideRenewal,
  decideRepair,
  type RenewalDecision,
  type RenewalFacts,
  wishesOf,
} from '../issuance/renewal/rules/decide-renewal.ts';
import { isOverdue } from '../issuance/renewal/rules/due-by-age.ts';
import { ISSUANCE_WINDOW, orderLimitOf } from '../issuance/renewal/rules/order-limit.ts';
import { forget, lastFailed } from '../issuance/renewal/rules/state.ts';
import { assessPersistRecords } from './assess-dns.ts';
import type { AssessContext, AssessDeps, Assessment } from './context.ts';
import { deployedOf } from './deployed.ts';
import { findFacts } from './find-facts.ts';
import { foundOf, foundOfRejected, heldBy } from './health-facts.ts';
import { plannedCertificate, plannedRevocation } from './rules/plan.ts';
import { refusedForSchedule } from './rules/schedule.ts';
import type { Start } from './rules/trigger.ts';
import { isUnseen, zonesSeen } from './zones-seen.ts';

/** Compares what a renewal file wants with what is, and decides what follows; a file that cannot be used is rejected. */
export async function assessCertificate(
  deps: AssessDeps,
  found: KeyName,
  context: AssessContext,
): Promise<Assessment> {
  if ('rejected' in found) return rejection(found.rejected, found.error);
  const { name } = found;
  let wanted: Wanted | undefined;
  try {
    wanted = await readWanted(deps, name, context.start.files);
    return await decide(deps, wanted, context);
  } catch (error) {
    return { ...rejection(name, error), ...(await foundOfRejected(deps, { name, wanted, error }, context)) };
  }
}

const rejection = (name: string, error: unknown): Assessment => ({
  planned: { name, action: 'reject', ...describeError(error) },
});

async function readWanted(
  { store, stack }: AssessDeps,
  name: string,
  files: Start['files'] = {},
): Promise<Wanted> {
  if (Object.hasOwn(files, name)) return parseRenewalFile(JSON.stringify(files[name]), name, stack);
  const file = await store.get(renewalKey(name));
  if (file) return parseRenewalFile(file.body, name, stack);
  throw new InputError('renewal-file-missing', {
    seen: `renewal/${name}.json does not exist`,
    remedy: 'put it into the bucket first (docs/reference/renewal-file.md)',
  });
}

async function decide(deps: AssessDeps, wanted: Wanted, context: AssessContext): Promise<Assessment> {
  const { start, zonesIn, now } = context;
  const { name, zoneRole } = wanted;
  const { zones, unseen } = writesDns(wanted) ? await zonesSeen(zonesIn, zoneRole) : {};
  const places = zones ? wanted.names.map((each) => zonesFor(identifierOf(each), zones)[0]) : [];
  const zoneIds = places.map(({ id }) => id);
  const { facts, found, recorded, caa, revocation, revocations, pin } = await findFacts(
    deps,
    wanted,
    context,
  );
  const { live, state } = facts;
  const notAfter = live?.notAfter;
  const asked = decideRenewal(facts);
  const choice = caFor(facts, asked.reason);
  const { ca } = choice;
  const limited = await waitForLimits(deps.store, { decision: asked, facts, ca }, context);
  const decision = (limited !== asked && !start.forced && decideRepair(facts)) || limited;
  const { renewal, repairs } = wishesOf(facts);
  const wished: readonly string[] = repairs;
  // What is claimed may be an order that `renew` goes on with.
  const isOver = renewal === undefined && !context.claimed.has(name);
  const over = { renewal: isOver, repairs: (reason: string) => !wished.includes(reason) };
  const left = state && forget(state, over);
  const { checkEveryHours } = deps.stack;
  const refused = live && refusedForSchedule(asked, live, { ...wanted, checkEveryHours, now });
  const held = refused ? { action: 'reject' as const, ...refused } : heldBy(decision);
  const standing = await assessPersistRecords(deps, wanted, { ...context, ca, state });
  const awaitsRenewal = decision.action === 'renew' && !state?.failures && !facts.leftOpen;
  const assessment: Assessment = {
    planned: {
      ...plannedCertificate(wanted, decision, { notAfter, ca: choice }),
      ...(decision.action === 'mend' && renewal !== undefined && { heldUp: renewal }),
      ...(caa && { caa }),
      ...(standing && { standing }),
      ...(start.dryRun && places.length > 0 && { zones: [...new Set(places.map((zone) => zone.name))] }),
      ...(revocation && { revoked: plannedRevocation(revocation) }),
      ...(facts.pin && { pinned: { version: facts.pin.version, until: facts.pin.until.toISOString() } }),
    },
    checked: {
      name,
      lifeLeft: live && lifeLeft(live, now),
      notAfter,
      failures: lastFailed(left)?.failures ?? 0,
      overdue: !facts.pin && isOverdue(facts),
    },
    ...(unseen && { unseen }),
    ...(pin && !pin.state.holds && { pinEnded: { ...pin, why: pin.state.why } }),
    ...(JSON.stringify(left) !== JSON.stringify(state) && { over }),
    ...foundOf(deps, { wanted, found, state: left, recorded, held, pin: facts.pin }, now),
    ...deployedOf({ wanted, live, revocations, awaitsRenewal }),
  };
  if (refused) return { ...assessment, planned: { name, action: 'reject', ...refused } };
  if (decision.action === 'wait') return assessment;
  if (decision.action === 'renew' && !isPersistent(wanted)) await requireTargets(deps, wanted, context);
  const due: DueCertificate = {
    name,
    reason: decision.reason,
    ca,
    zoneRole,
    zoneIds,
    notAfter: live && new Date(live.notAfter),
    replacing: found?.pointer?.version ?? null,
    ...(start.ignoreBudget && { ignoreBudget: true }),
  };
  return { ...assessment, due };
}

/** Makes a renewal wait that the limits of its CA, or our budget, do not allow yet. */
async function waitForLimits(
  store: Reads,
  { decision, facts, ca }: { decision: RenewalDecision; facts: RenewalFacts; ca: string },
  { start: { ignoreBudget }, limitsAt }: AssessContext,
): Promise<RenewalDecision> {
  if (decision.action !== 'renew') return decision;
  const limits = await limitsAt(ca);
  const { name, names } = facts.wanted;
  const issued = ignoreBudget || isOld(facts) ? [] : await issuedLately(store, facts);
  const others = ignoreBudget ? [] : await issuedToOthers(store, { ca, name, names }, facts.now);
  // An order that is under way is resumed.
  const known = { limits, issued, issuedToOthers: others };
  const order = { ...known, reason: decision.reason, ignoreBudget, resumes: facts.leftOpen };
  const limit = orderLimitOf(orderLimitFacts(facts, order));
  return limit ? { action: 'wait', ...limit } : decision;
}

/** Whether the live version is too old for the archive to matter; `renew` reads the archive for every order. */
function isOld({ live, state, now }: RenewalFacts): boolean {
  const age = live && now.getTime() - Date.parse(live.issuedAt);
  return (age === undefined || age >= ISSUANCE_WINDOW) && !state?.givenUp;
}

/** Refuses a proof that could not be written; a DNS that does not answer is left to `renew`, which records it. */
async function requireTargets(
  { stack }: AssessDeps,
  { names, zoneRole }: Wanted,
  { zonesAt }: AssessContext,
): Promise<void> {
  const identifiers = [...new Set(names.map(identifierOf))];
  const cname = standingCname(zonesAt(zoneRole));
  try {
    await Promise.all(identifiers.map((identifier) => challengeTarget({ cname, stack }, identifier)));
  } catch (error) {
    if (!(error instanceof DnsError) && !isUnseen(error)) throw error;
  }
}
