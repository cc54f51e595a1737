import { lastSixthOf, lifetimeOf, renewBefore } from '../../../foundation/certificate/life.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import { DAY } from '../../../foundation/common/durations.ts';
import { isOfKind, type Reason } from '../../../foundation/reasons/reasons.ts';
import type { RENEW, REPAIR, UPKEEP, WAIT } from '../../../foundation/reasons/renewals.ts';
import { casOf, type StackCas } from '../../ca/rules/ca-list.ts';
import { withLimits } from '../../ca/rules/ca-trouble.ts';
import { type CaChoice, chooseCa } from '../../ca/rules/choose-ca.ts';
import type { OrderLimit } from './order-limit.ts';
import type { State } from './state.ts';

export type RenewReason = keyof typeof RENEW;
export type UpkeepReason = keyof typeof UPKEEP;
export type RepairReason = keyof typeof REPAIR;

export type RenewalDecision =
  | { action: 'renew'; reason: RenewReason }
  | { action: 'mend'; reason: RepairReason }
  | { action: 'wait'; reason: keyof typeof WAIT | OrderLimit['reason']; until: Date; message?: string };

export interface RenewalFacts extends StackCas {
  wanted: Wanted;
  live: LivePointer | undefined;
  state: State | undefined;
  forced: boolean;
  /** Whether an earlier worker left a stale claim. */
  leftOpen: boolean;
  /** Whether the DNS lacks CAA values that the file wants; the weekly sweep checks it. */
  caaDrifted: boolean;
  /** Whether an order is recorded that is for what is wanted, and not carried out. */
  orderOpen?: boolean;
  /** A lost pointer comes first: what it says of age and names cannot be trusted. */
  upkeep?: UpkeepReason | undefined;
  /** CAs that accept no order for these names before an instant (ISO 8601), by directory. */
  limited?: ReadonlyMap<string, string>;
  /** Whether the live version was revoked and has to be replaced. */
  revoked?: boolean;
  now: Date;
}

/** Whether a certificate is renewed now, and why; docs/decisions/0001 has the order of the rules. */
export function decideRenewal(facts: RenewalFacts): RenewalDecision {
  const { forced, state, now } = facts;
  if (forced) return { action: 'renew', reason: 'forced' };
  if (facts.upkeep === 'pointer-lost' && facts.live === undefined)
    return { action: 'mend', reason: 'pointer-lost' };
  const decision = decideByCertificate(facts);
  if (decision.action === 'wait' || decision.reason === 'pointer-lost' || !state?.notBefore) return decision;
  const notBefore = new Date(state.notBefore);
  if (notBefore <= now || goesElsewhere(facts, decision.reason)) return decision;
  return { action: 'wait', reason: 'backing-off', until: notBefore };
}

/** The CA for a renewal with this reason. */
export function caFor(
  { wanted, live, state, limited, now, ...stack }: RenewalFacts,
  reason: Reason,
): CaChoice {
  const isForAge = isOfKind(reason, 'for-age');
  const troubles = limited ? withLimits(state?.cas, limited, now) : state?.cas;
  return chooseCa({ cas: casOf(wanted, stack), troubles, live, isForAge, now });
}

/** Whether the next try goes to another CA than the one that caused the back-off. */
function goesElsewhere(facts: RenewalFacts, reason: Reason): boolean {
  const lastCa = facts.state?.lastCa;
  const choice = caFor(facts, reason);
  return lastCa !== undefined && choice.reason === 'others-stay-down' && choice.ca !== lastCa;
}

function decideByCertificate(facts: RenewalFacts): RenewalDecision {
  const { live, now } = facts;
  if (!live) return { action: 'renew', reason: 'never-issued' };
  if (facts.revoked) return { action: 'renew', reason: 'revoked' };
  const change = whatChanged(facts, live);
  if (change) return { action: 'renew', reason: change };
  const due = dueByAge(facts, live);
  if (due.at <= now) return { action: 'renew', reason: due.reason };
  if (facts.orderOpen) return { action: 'renew', reason: 'order-open' };
  if (facts.leftOpen) return { action: 'mend', reason: 'left-open' };
  if (!showsHosts(live, facts.wanted)) return { action: 'mend', reason: 'hosts-changed' };
  if (facts.caaDrifted) return { action: 'mend', reason: 'caa-drifted' };
  if (facts.upkeep) return { action: 'mend', reason: facts.upkeep };
  return { action: 'wait', reason: 'not-due', until: due.at };
}

/** Whether the pointer has the hosts and server names that the file wants. */
export function showsHosts(live: Pick<LivePointer, 'hosts' | 'serverNames'>, wanted: Wanted): boolean {
  return sameNames(wanted.hosts, live.hosts) && sameNames(wanted.serverNames, live.serverNames);
}

function whatChanged({ wanted, ...stack }: RenewalFacts, live: LivePointer): RenewReason | undefined {
  if (!sameNames(wanted.names, live.names)) return 'names-changed';
  if (wanted.key !== live.key) return 'key-changed';
  if (wanted.profile !== undefined && wanted.profile !== live.profile) return 'profile-changed';
  if (live.ca !== undefined && !casOf(wanted, stack).includes(live.ca)) return 'ca-changed';
  return undefined;
}

/** Whether a renewal is late: a day past its time, or three failures without any certificate yet. */
export function isOverdue(facts: RenewalFacts): boolean {
  const { live, state, now } = facts;
  if (!live) return (state?.failures ?? 0) >= 3;
  return dueByAge(facts, live).at.getTime() + DAY <= now.getTime();
}

/** When age alone becomes a reason, and that reason. */
export function dueByAge(
  { wanted, state }: Pick<RenewalFacts, 'wanted' | 'state'>,
  live: LivePointer,
): { at: Date; reason: RenewReason } {
  const lastSixth = new Date(lastSixthOf(live));
  const planned = plannedInstant({ wanted, state }, live);
  return planned.at <= lastSixth ? planned : { at: lastSixth, reason: 'life-nearly-over' };
}

function plannedInstant(
  { wanted, state }: Pick<RenewalFacts, 'wanted' | 'state'>,
  live: LivePointer,
): { at: Date; reason: RenewReason } {
  const notAfter = Date.parse(live.notAfter);
  if (wanted.renewBeforeDays !== undefined) {
    return { at: new Date(notAfter - wanted.renewBeforeDays * DAY), reason: 'expires-soon' };
  }
  const suggested = state?.suggested;
  if (suggested?.at !== undefined && suggested.certId === live.certId)
    return { at: new Date(suggested.at), reason: 'suggested-window' };
  return { at: new Date(notAfter - renewBefore(lifetimeOf(live))), reason: 'expires-soon' };
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
