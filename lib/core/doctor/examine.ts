import { checkAccount } from './check-account.ts';
import { checkCaa } from './check-caa.ts';
import { checkChallengeNames } from './check-challenge-names.ts';
import { checkHosts } from './check-hosts.ts';
import { checkSchedule } from './check-schedule.ts';
import { checkDelegation, checkSubZones, checkZones } from './check-zones.ts';
import type { CertificateFacts } from './facts.ts';
import type { Result } from './finding.ts';

/** Every precondition of a certificate whose file is valid; what is well is told in one line a check. */
export function examine(facts: CertificateFacts): Result[] {
  const { identifiers } = facts;
  return [
    ...checkZones(identifiers),
    ...checkDelegation(identifiers),
    ...checkSubZones(identifiers),
    ...checkChallengeNames(facts),
    ...checkCaa(facts),
    checkAccount(facts.account),
    ...checkSchedule(facts),
    ...checkHosts(facts),
  ].filter(isFirst());
}

/** Several names of one zone share what is wrong with it. */
function isFirst(): (result: Result) => boolean {
  const told = new Set<string>();
  return ({ check, status, seen }) => {
    const key = `${check} ${status} ${seen}`;
    if (told.has(key)) return false;
    told.add(key);
    return true;
  };
}
