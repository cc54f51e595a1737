import { casOf } from '../../core/ca-list.ts';
import type { CaaPlan } from '../../core/caa-plan.ts';
import type { RenewalFacts } from '../../core/decide-renewal.ts';
import type { LivePointer } from '../../core/live-pointer.ts';
import type { Wanted } from '../../core/renewal-file.ts';
import { type Revocation, toMakeUpFor } from '../../core/revocation.ts';
import { lookAtPointer } from '../find-upkeep.ts';
import { lookAtCaa } from '../look-at-caa.ts';
import { findPointer, findState, readRevocations } from '../read-objects.ts';
import type { LookContext, LookDeps } from './context.ts';

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
  deps: LookDeps,
  wanted: Wanted,
  { start, looksClosely, holds, leftOpen, revoked, renewalInfo, now }: LookContext,
): Promise<Found> {
  const { store, stack } = deps;
  const { name } = wanted;
  const [found, { state: known, spoilt }] = await Promise.all([
    findPointer(store, name),
    findState(store, name),
  ]);
  const pointer = found?.pointer;
  const damage = await lookAtPointer(store, { name, found, looksClosely }, now);
  const live = damage === 'pointer-lost' ? undefined : pointer;
  const asksCa = live && !spoilt && wanted.renewBeforeDays === undefined;
  const state = asksCa && renewalInfo ? await renewalInfo.ask(name, live, known) : known;
  const looksAtCaa = start.start === 'plan' || (looksClosely && pointer?.caaIssuer);
  const caa = looksAtCaa ? await lookAtCaa(deps, wanted, pointer) : undefined;
  const cas = casOf(wanted, stack);
  const revocations = revoked.has(name) ? await readRevocations(store, name) : [];
  const revocation = revocations.find(({ version }) => version === live?.version);
  const facts = {
    wanted,
    live,
    state,
    forced: start.start === 'force',
    revoked: toMakeUpFor(revocations, live) !== undefined,
    leftOpen: leftOpen.has(name),
    caaDrifted: caa !== undefined && caa.edits.length > 0,
    upkeep: damage ?? (spoilt && 'state-unreadable'),
    defaultCa: stack.defaultCa,
    fallbackCas: stack.fallbackCas,
    // Where there is no choice of CAs, what it lets wait is asked only once a renewal is due.
    ...(cas.length > 1 && { limited: await holds.limited(cas, wanted.names) }),
    now,
  };
  return { facts, pointer, caa, revocation };
}
