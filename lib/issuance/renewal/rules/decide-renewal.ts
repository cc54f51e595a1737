import { covers } from '../../../foundation/certificate/domain-name.ts';
import { isInLastSixth } from '../../../foundation/certificate/life.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import { isOfKind, type Reason, type SaidReason } from '../../../foundation/reasons/reasons.ts';
import { type RENEW, REPAIR, UPKEEP, type WAIT } from '../../../foundation/reasons/renewals.ts';
import { casOf, type StackCas } from '../../ca/rules/ca-list.ts';
import { withLimits } from '../../ca/rules/ca-trouble.ts';
import { type CaChoice, chooseCa } from '../../ca/rules/choose-ca.ts';
import { dueByAge, isUrgentlySuggested } from './due-by-age.ts';
import type { OrderLimit } from './order-limit.ts';
import type { State } from './state.ts';

export type RenewReason = keyof typeof RENEW;
export type UpkeepReason = keyof typeof UPKEEP;
export type RepairReason = keyof typeof REPAIR;

export const isRepair = (reason: SaidReason): reason is RepairReason => Object.hasOwn(REPAIR, reason);

/** Whether only a start that looks closely can see the reason to repair. */
export const isSeenClosely = (reason: SaidReason) =>
  reason === 'caa-drifted' || Object.hasOwn(UPKEEP, reason);

interface Repair {
  action: 'mend';
  reason: RepairReason;
}

export type RenewalDecision =
  | { action: 'renew'; reason: RenewReason }
  | Repair
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
  /** The version that a person put back, if the pin on it holds, and whether it is live. */
  pin?: { version: string; until: Date; isLive: boolean } | undefined;
  /** Whether it was revoked because nobody needs it any more: neither its age nor the CA's suggestion asks for another. */
  revokedForGood?: boolean;
  now: Date;
}

/** Whether a certificate is renewed now, and why; docs/decisions/0001 has the order of the rules. */
export function decideRenewal(facts: RenewalFacts): RenewalDecision {
  const { state, now } = facts;
  const { renewal, repairs } = wishesOf(facts);
  const held = waitOf(state, now);
  const repair = repairOf(facts, repairs);
  if (repair?.reason === 'released' && isOnlyOfRestored(facts, renewal)) return repair;
  if (renewal !== undefined && (!held || facts.forced || goesElsewhere(facts, renewal)))
    return { action: 'renew', reason: renewal };
  if (repair) return repair;
  if (facts.pin && facts.live && renewal === undefined && wishedRenewal(facts) !== undefined)
    return waitForPin(facts.pin);
  const waits = [renewal && held, ...repairs.map((reason) => waitOf(state?.repairs?.[reason], now))];
  const [until] = waits.flatMap((wait) => wait ?? []).sort((a, b) => a.getTime() - b.getTime());
  if (until) return { action: 'wait', reason: 'backing-off', until };
  return { action: 'wait', reason: 'not-due', until: untilOf(facts) };
}

/** Whether it is due for the age of what was put back, in time: what was live before may be younger. */
const isOnlyOfRestored = ({ live, now }: RenewalFacts, renewal: RenewReason | undefined) =>
  live !== undefined && isOfKind(renewal ?? '', 'for-age') && !isInLastSixth(live, now);

function waitForPin({ version, until }: NonNullable<RenewalFacts['pin']>): RenewalDecision {
  const message = `version ${version} is pinned; "restore NAME --release" ends that`;
  return { action: 'wait', reason: 'pinned', until, message };
}

function untilOf(facts: RenewalFacts): Date {
  const { live, now } = facts;
  if (!live) return now;
  return facts.revokedForGood ? new Date(live.notAfter) : dueByAge(facts, live).at;
}

/** The repair that is made while no renewal may be; a renewal makes all of them. */
export function decideRepair(facts: RenewalFacts): Repair | undefined {
  return repairOf(facts, wishesOf(facts).repairs);
}

function repairOf({ state, now }: RenewalFacts, wishes: readonly RepairReason[]): Repair | undefined {
  const reason = wishes.find((wish) => wish === 'pointer-lost' || !waitOf(state?.repairs?.[wish], now));
  return reason && { action: 'mend', reason };
}

/** When the back-off ends; `undefined` for none. */
function waitOf(failed: { notBefore?: string | undefined } | undefined, now: Date): Date | undefined {
  const notBefore = new Date(failed?.notBefore ?? 0);
  return notBefore > now ? notBefore : undefined;
}

/** What a certificate wants now, whether it may be tried or not. */
export function wishesOf(facts: RenewalFacts): {
  renewal: RenewReason | undefined;
  repairs: RepairReason[];
} {
  const { live, wanted, upkeep, caaDrifted, leftOpen, pin } = facts;
  // No pin keeps a certificate that is about to be revoked.
  const renewal = live && pin && !isAboutToBeRevoked(facts) ? undefined : wishedRenewal(facts);
  if (!live) return { renewal, repairs: upkeep === 'pointer-lost' ? [upkeep] : [] };
  const repairs: (RepairReason | false | undefined)[] = [
    pin && !pin.isLive && 'pinned',
    !pin && live.insteadOf !== undefined && 'released',
    caaDrifted && 'caa-drifted',
    upkeep,
    // A renewal goes on with it.
    leftOpen && renewal === undefined && 'left-open',
    !showsHosts(live, wanted) && 'hosts-changed',
  ];
  return { renewal, repairs: repairs.flatMap((reason) => reason || []) };
}

/** The CA for a renewal with this reason. */
export function caFor(
  { wanted, live, state, limited, leftOpen, now, ...stack }: RenewalFacts,
  reason: Reason,
): CaChoice {
  const isForAge = isOfKind(reason, 'for-age') && !isAboutToBeRevoked({ live, state, now });
  const troubles = limited ? withLimits(state?.cas, limited, now) : state?.cas;
  const lastCa = state?.failures ? state.lastCa : undefined;
  const openAt =
    leftOpen && state?.lastFailure && isOfKind(state.lastFailure.reason, 'without-end') ? lastCa : undefined;
  return chooseCa({ cas: casOf(wanted, stack), troubles, lastCa, openAt, live, isForAge, now });
}

/** Whether the next try goes to another CA than the one that caused the back-off. */
function goesElsewhere(facts: RenewalFacts, reason: Reason): boolean {
  const lastCa = facts.state?.lastCa;
  const choice = caFor(facts, reason);
  return lastCa !== undefined && choice.reason === 'others-stay-down' && choice.ca !== lastCa;
}

/** Whether the CA suggests to replace the certificate by now because it is about to revoke it, or has. */
export function isAboutToBeRevoked({
  live,
  state,
  now,
}: Pick<RenewalFacts, 'live' | 'state' | 'now'>): boolean {
  if (!live || state?.suggested?.certId !== live.certId) return false;
  const life = { notBefore: new Date(live.notBefore), notAfter: new Date(live.notAfter) };
  return isUrgentlySuggested(state, life) && Date.parse(state.suggested.at ?? '') <= now.getTime();
}

function wishedRenewal(facts: RenewalFacts): RenewReason | undefined {
  const { live, now } = facts;
  if (facts.forced) return 'forced';
  if (!live) return facts.upkeep === 'pointer-lost' ? undefined : 'never-issued';
  if (facts.revoked) return 'revoked';
  const due = dueByAge(facts, live);
  const isDue = due.at <= now && !facts.revokedForGood;
  const reason = whatChanged(facts, live) ?? (isDue ? due.reason : undefined);
  return reason ?? (facts.orderOpen ? 'order-open' : undefined);
}

type Shown = Pick<LivePointer, 'hosts' | 'serverNames' | 'names'>;

/** The hosts and server names of the file, as far as the live version covers them: new names come with a renewal. */
export function hostsToShow(live: Shown, { hosts, serverNames }: Wanted) {
  const isCovered = serverNames.every((server) => live.names.some((name) => covers(name, server)));
  return { hosts, serverNames: isCovered ? serverNames : live.serverNames };
}

/** Whether the pointer has the hosts and server names that the file wants. */
export function showsHosts(live: Shown, wanted: Wanted): boolean {
  const { hosts, serverNames } = hostsToShow(live, wanted);
  return sameNames(hosts, live.hosts) && sameNames(serverNames, live.serverNames);
}

function whatChanged({ wanted, ...stack }: RenewalFacts, live: LivePointer): RenewReason | undefined {
  if (!sameNames(wanted.names, live.names)) return 'names-changed';
  if (wanted.key !== live.key) return 'key-changed';
  if (wanted.profile !== undefined && wanted.profile !== live.profile) return 'profile-changed';
  if (live.ca !== undefined && !casOf(wanted, stack).includes(live.ca)) return 'ca-changed';
  return undefined;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
