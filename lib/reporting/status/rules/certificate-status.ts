import { daysLeft } from '../../../foundation/certificate/life.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import { isMeant } from '../../../foundation/common/is-meant.ts';
import type { Reason, SaidReason } from '../../../foundation/reasons/reasons.ts';
import { decideRenewal, type RenewalDecision } from '../../../issuance/renewal/rules/decide-renewal.ts';
import { dueByAge } from '../../../issuance/renewal/rules/due-by-age.ts';
import { lastFailed, type State } from '../../../issuance/renewal/rules/state.ts';
import {
  type CertificateFacts,
  type Health,
  type HostStatus,
  hostsOf,
  isWell,
  judgeHealth,
} from './judge-health.ts';

export interface CertificateStatus {
  name: string;
  health: Health;
  /** Why, in one line; empty when all is well. */
  trouble: string;
  names: string[];
  version?: string;
  notBefore?: string;
  /** When its age alone becomes a reason to renew. */
  due?: string;
  notAfter?: string;
  daysLeft?: number;
  ca?: string;
  profile?: string;
  failures: number;
  /** How the last try ended. */
  last?: { at: string; outcome: 'renewed' } | { at: string; outcome: 'failed'; reason: SaidReason };
  /** What the next scan decides, in the words of its plan. */
  next?: { action: RenewalDecision['action']; reason: Reason };
  hosts: HostStatus[];
}

export function statusOf(facts: CertificateFacts): CertificateStatus {
  const { name, pointer, state, now } = facts;
  const live = pointer === 'unreadable' ? undefined : pointer;
  const wanted = facts.file && 'names' in facts.file ? facts.file : undefined;
  const hosts = live ? hostsOf(facts, live) : [];
  const ca = live?.ca ?? wanted?.ca?.[0] ?? wanted?.stack.defaultCa;
  const profile = live?.profile ?? wanted?.profile;
  const last = lastOf(live, state, now);
  const none = { forced: false, leftOpen: false, caaDrifted: false };
  const next = wanted && decideRenewal({ wanted, ...wanted.stack, live, state, ...none, now });
  return {
    name,
    ...judgeHealth(facts, hosts),
    names: live?.names ?? wanted?.names ?? [],
    ...(live && {
      version: live.version,
      notBefore: live.notBefore,
      notAfter: live.notAfter,
      daysLeft: daysLeft(live, now),
    }),
    ...(live && wanted && { due: dueByAge({ wanted, state }, live).at.toISOString() }),
    ...(ca !== undefined && { ca }),
    ...(profile !== undefined && { profile }),
    failures: lastFailed(state)?.failures ?? 0,
    ...(last && { last }),
    ...(next && { next: { action: next.action, reason: next.reason } }),
    hosts,
  };
}

/** Sorts the unwell before the well, then by expiry; a certificate without one comes first. */
export function bySoonestTrouble(a: CertificateStatus, b: CertificateStatus): number {
  const rank = Number(isWell(a)) - Number(isWell(b));
  if (rank !== 0) return rank;
  const [left, right] = [a.notAfter ?? '', b.notAfter ?? ''];
  return left === right ? (a.name < b.name ? -1 : 1) : left < right ? -1 : 1;
}

function lastOf(
  live: LivePointer | undefined,
  state: State | undefined,
  now: Date,
): CertificateStatus['last'] {
  const failure = lastFailed(state)?.lastFailure;
  if (failure && (!live || failure.at > live.issuedAt || !isMeant(live.issuedAt, now)))
    return { at: failure.at, outcome: 'failed', reason: failure.reason };
  return live && { at: live.issuedAt, outcome: 'renewed' };
}
