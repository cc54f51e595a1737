import { isPersistent, writesDns } from '../../../issuance/dns/rules/persist-record.ts';
import { checkAccount, checkProfile } from './check-account.ts';
import { checkCaa } from './check-caa.ts';
import { checkChallengeNames } from './check-challenge-names.ts';
import { checkDnssec } from './check-dnssec.ts';
import { checkHealth } from './check-health.ts';
import { checkHosts } from './check-hosts.ts';
import { checkPersistRecords } from './check-persist-records.ts';
import { checkSchedule } from './check-schedule.ts';
import { checkDelegation, checkSubZones, checkZones } from './check-zones.ts';
import type { CertificateFacts } from './facts.ts';
import { type Answer, isLame, type Result } from './finding.ts';

/** Checks every precondition of a certificate whose file is valid; a check that finds all well gives one line. */
export function examine(facts: CertificateFacts): Result[] {
  const { identifiers, wanted } = facts;
  const persistent = isPersistent(wanted);
  const zones = [
    ...(writesDns(wanted) ? [...checkZones(identifiers), ...checkDelegation(identifiers)] : []),
    ...(persistent ? [] : checkSubZones(identifiers)),
  ];
  const isBroken = zones.some(({ status }) => status === 'failing');
  const seen = isBroken ? withoutLame(facts) : facts;
  const results = [
    checkHealth(facts),
    ...zones,
    ...(persistent ? checkPersistRecords(seen) : checkChallengeNames(seen)),
    ...checkDnssec(facts.dnssec),
    ...checkCaa(seen),
    checkAccount(facts.account),
    ...checkProfile(facts),
    ...checkSchedule(facts),
    ...checkHosts(facts),
  ];
  // Several names of one zone share what is wrong with it; the first one says it.
  const keyOf = ({ check, status, seen }: Result) => `${check} ${status} ${seen}`;
  const keys = results.map(keyOf);
  return results.filter((_, index) => keys.indexOf(keys[index] ?? '') === index);
}

/** What the DNS cannot answer because of a broken delegation needs no line beside the delegation's. */
function withoutLame(facts: CertificateFacts): CertificateFacts {
  const isAnswered = (answer: Answer<unknown>) => !('trouble' in answer && isLame(answer.trouble));
  const { identifiers, caa, standing } = facts;
  return {
    ...facts,
    identifiers: identifiers.filter(({ path }) => isAnswered(path)),
    caa: caa.filter(({ set }) => isAnswered(set)),
    ...(standing && {
      standing: { ...standing, places: standing.places.filter((place) => isAnswered(place.standing)) },
    }),
  };
}
