import { isPersistent, writesDns } from '../../../issuance/dns/rules/persist-record.ts';
import { type Answer, isLame } from './answer.ts';
import { checkAccount, checkProfile } from './check-account.ts';
import { checkCaa } from './check-caa.ts';
import { checkChallengeNames } from './check-challenge-names.ts';
import { checkHosts } from './check-hosts.ts';
import { checkPersistRecords } from './check-persist-records.ts';
import { checkSchedule } from './check-schedule.ts';
import { checkDelegation, checkSubZones, checkZones } from './check-zones.ts';
import type { CertificateFacts } from './facts.ts';
import type { Result } from './finding.ts';

/** Every precondition of a certificate whose file is valid; what is well is told in one line a check. */
export function examine(facts: CertificateFacts): Result[] {
  const { identifiers, wanted } = facts;
  const persistent = isPersistent(wanted);
  const zones = [
    ...(writesDns(wanted) ? [...checkZones(identifiers), ...checkDelegation(identifiers)] : []),
    ...(persistent ? [] : checkSubZones(identifiers)),
  ];
  const isBroken = zones.some(({ status }) => status === 'failing');
  const seen = isBroken ? withoutLame(facts) : facts;
  return [
    ...zones,
    ...(persistent ? checkPersistRecords(seen) : checkChallengeNames(seen)),
    ...checkCaa(seen),
    checkAccount(facts.account),
    ...checkProfile(facts),
    ...checkSchedule(facts),
    ...checkHosts(facts),
  ].filter(isFirst());
}

/** What the DNS cannot answer because of a broken delegation needs no line beside the delegation's. */
function withoutLame(facts: CertificateFacts): CertificateFacts {
  const isAnswered = (answer: Answer<unknown>) => !('trouble' in answer && isLame(answer.trouble));
  return {
    ...facts,
    identifiers: facts.identifiers.filter(({ path }) => isAnswered(path)),
    caa: facts.caa.filter(({ set }) => isAnswered(set)),
    ...(facts.standing && {
      standing: {
        ...facts.standing,
        places: facts.standing.places.filter(({ values }) => isAnswered(values)),
      },
    }),
  };
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
