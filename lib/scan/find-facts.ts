import { findPointer } from '../foundation/bucket/read-pointer.ts';
import type { LivePointer } from '../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import { type Revocation, revocationToReplace } from '../foundation/certificate/revocation.ts';
import { casOf } from '../issuance/ca/rules/ca-list.ts';
import { assessCaa } from '../issuance/caa/plan-caa.ts';
import type { CaaPlan } from '../issuance/caa/rules/caa-plan.ts';
import { assessPointer } from '../issuance/renewal/find-upkeep.ts';
import { findState } from '../issuance/renewal/read-state.ts';
import type { RenewalFacts } from '../issuance/renewal/rules/decide-renewal.ts';
import { readRevocations } from '../issuance/revocation/read-revocations.ts';
import type { AssessContext, AssessDeps } from './context.ts';

interface Found {
  facts: RenewalFacts;
  /** As it stands there, also where it is not to be believed. */
  pointer: LivePointer | undefined;
  caa: CaaPlan | undefined;
  /** Of the live version. */
  revocation: Revocation | undefined;
}

/** What the decision is made from: the bucket, the CA's word, and where it is looked at closely the DNS. */
export async function findFacts(
  deps: AssessDeps,
  wanted: Wanted,
  { start, looksClosely, orderLimits, leftOpen, revoked, renewalInfo, now }: AssessContext,
): Promise<Found> {
  const { store, stack } = deps;
  const { name } = wanted;
  const [found, { state: known, spoilt }] = await Promise.all([
    findPointer(store, name),
    findState(store, name),
  ]);
  const pointer = found?.pointer;
  const damage = await assessPointer(store, { name, found, looksClosely }, now);
  const live = damage === 'pointer-lost' ? undefined : pointer;
  const asksCa = live && !spoilt && wanted.renewBeforeDays === undefined;
  const state = asksCa && renewalInfo ? await renewalInfo.ask(name, live, known) : known;
  const looksAtCaa = start.start === 'plan' || (looksClosely && pointer?.caaIssuer);
  const caa = looksAtCaa ? await assessCaa(deps, wanted, pointer) : undefined;
  const cas = casOf(wanted, stack);
  const revocations = revoked.has(name) ? await readRevocations(store, name) : [];
  const revocation = revocations.find(({ version }) => version === live?.version);
  const facts = {
    wanted,
    live,
    state,
    forced: start.start === 'force',
    revoked: revocationToReplace(revocations, live) !== undefined,
    leftOpen: leftOpen.has(name),
    caaDrifted: caa !== undefined && caa.edits.length > 0,
    upkeep: damage ?? (spoilt && 'state-unreadable'),
    defaultCa: stack.defaultCa,
    fallbackCas: stack.fallbackCas,
    // Where there is no choice of CAs, what it lets wait is asked only once a renewal is due.
    ...(cas.length > 1 && { limited: await orderLimits.limited(cas, wanted.names) }),
    now,
  };
  return { facts, pointer, caa, revocation };
}
