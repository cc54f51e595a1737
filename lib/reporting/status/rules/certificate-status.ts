import { daysLeft } from '../../../foundation/certificate/life.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import { compareTexts } from '../../../foundation/common/compare-texts.ts';
import { isMeant } from '../../../foundation/common/is-meant.ts';
import { inOneLine } from '../../../foundation/common/perennial-error.ts';
import type { Reason, SaidReason } from '../../../foundation/reasons/reasons.ts';
import type { RenewalDecision } from '../../../issuance/renewal/rules/decide-renewal.ts';
import { dueByAge } from '../../../issuance/renewal/rules/due-by-age.ts';
import { lastFailed, type State } from '../../../issuance/renewal/rules/state.ts';
import { type Health, type HealthFacts, isWell, liveOf } from '../../../scan/rules/health.ts';
import { nextStep } from '../../../scan/rules/judge-certificate.ts';
import { judgeHealth } from '../../../scan/rules/judge-health.ts';
import { type HostStatus, hostsOf } from '../../../scan/rules/judge-hosts.ts';

import { nextCommand } from './next-command.ts';

export type { HostStatus };
export { isWell };

export interface CertificateStatus {
  name: string;
  health: Health;
  /** Why, and the next step, in one sentence; empty when all is well. */
  trouble: string;
  /** What to ask `perennial-tls` next, such as `doctor example.com`. */
  command?: string;
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

export function statusOf(facts: HealthFacts): CertificateStatus {
  const { name, state, now } = facts;
  const live = liveOf(facts);
  const wanted = facts.file && 'names' in facts.file ? facts.file : undefined;
  const { health, ...complaint } = judgeHealth(facts);
  const ca = live?.ca ?? wanted?.ca?.[0] ?? wanted?.stack.defaultCa;
  const profile = live?.profile ?? wanted?.profile;
  const last = lastOf(live, state, now);
  const next = nextStep(facts);
  const command = nextCommand({ name, health });
  return {
    name,
    health,
    trouble: inOneLine(complaint),
    ...(command !== undefined && { command }),
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
    hosts: live ? hostsOf(facts) : [],
  };
}

/** Sorts what is revoked before all, the unwell before the well, then by expiry; a certificate without one comes first. */
export function bySoonestTrouble(a: CertificateStatus, b: CertificateStatus): number {
  const rankOf = (one: CertificateStatus) => (one.health === 'revoked' ? -1 : Number(isWell(one)));
  return (
    rankOf(a) - rankOf(b) || compareTexts(a.notAfter ?? '', b.notAfter ?? '') || compareTexts(a.name, b.name)
  );
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
