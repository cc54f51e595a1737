import type { LivePointer } from '../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import type { Revocation } from '../foundation/certificate/revocation.ts';
import { casOf } from '../issuance/ca/rules/ca-list.ts';
import { assessCaa } from '../issuance/caa/plan-caa.ts';
import type { CaaPlan } from '../issuance/caa/rules/caa-plan.ts';
import { assessPointer } from '../issuance/renewal/find-upkeep.ts';
import { readStored, renewalFacts } from '../issuance/renewal/gather-facts.ts';
import type { RenewalFacts } from '../issuance/renewal/rules/decide-renewal.ts';
import type { AssessContext, AssessDeps } from './context.ts';
import { limitedCas } from './order-limits.ts';

interface Found {
  facts: RenewalFacts;
  /** As it stands there, also where it is not to be believed. */
  pointer: LivePointer | undefined;
  caa: CaaPlan | undefined;
  /** Of the live version. */
  revocation: Revocation | undefined;
}

/** What the decision is made from: the bucket, the CA's word, and where it is looked at closely the DNS. */
export async function findFacts(deps: AssessDeps, wanted: Wanted, context: AssessContext): Promise<Found> {
  const { store, stack } = deps;
  const { name } = wanted;
  const { start, leftOpen, revoked, renewalInfo, now } = context;
  const { looksClosely, dryRun, forced } = start;
  const stored = await readStored(store, name, { isRevoked: revoked.has(name) });
  const { found, spoilt, revocations } = stored;
  const pointer = found?.pointer;
  const damage = await assessPointer(store, { name, found, looksClosely }, now);
  const live = damage === 'pointer-lost' ? undefined : pointer;
  const asksCa = live && !spoilt && wanted.renewBeforeDays === undefined;
  const state = asksCa && renewalInfo ? await renewalInfo.ask(name, live, stored.state) : stored.state;
  const looksAtCaa = dryRun || (looksClosely && pointer?.caaIssuer);
  const caa = looksAtCaa ? await assessCaa(deps, wanted, pointer) : undefined;
  const cas = casOf(wanted, stack);
  const assessed = {
    wanted,
    live,
    state,
    revocations,
    forced,
    leftOpen: leftOpen.has(name),
    caaDrifted: caa !== undefined && caa.edits.length > 0,
    upkeep: damage ?? (spoilt && 'state-unreadable'),
    // Where there is no choice of CAs, what it lets wait is asked only once a renewal is due.
    ...(cas.length > 1 && { limited: await limitedCas(cas, wanted.names, context) }),
    now,
  };
  const revocation = revocations.find(({ version }) => version === live?.version);
  return { facts: renewalFacts(assessed, stack), pointer, caa, revocation };
}
