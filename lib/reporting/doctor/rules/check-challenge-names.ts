import { challengeName, isAtOrBelow } from '../../../foundation/certificate/domain-name.ts';
import type { FoundRecord } from '../../../issuance/dns/rules/hosted-zones.ts';
import { unseen } from './answer.ts';
import { describe, zoneOf } from './check-zones.ts';
import type { CertificateFacts, IdentifierFacts } from './facts.ts';
import { failing, ok, type Result, troublesOr, warning } from './finding.ts';

const CHECK = 'challenge-name';

/** A TXT can be written where the CA will look for it, beside what stands there. */
export function checkChallengeNames({ identifiers, stack }: CertificateFacts): Result[] {
  // A name without a zone is told with the zones.
  const results = identifiers
    .filter(({ start, end }) => end !== start || 'found' in zoneOf(start))
    .map((facts) => judge(facts, stack));
  return troublesOr(results);
}

function judge(facts: IdentifierFacts, stack: CertificateFacts['stack']): Result {
  const { path, end } = facts;
  if ('trouble' in path) return unseen(CHECK, path.trouble);
  const { names, ends } = path.found;
  if (!ends) {
    return failing(
      CHECK,
      `the CNAMEs of ${names[0]} do not end: ${names.join(' -> ')}`,
      'let it point to one name in a hosted zone of this account, or remove the CNAME',
    );
  }
  if (names.length === 1) return judgeRecords(facts);
  const leads = `${names.join(' -> ')}${isFromWildcard(facts) ? ' (by a wildcard CNAME)' : ''}`;
  const zone = zoneOf(end);
  if ('trouble' in zone) {
    return failing(
      CHECK,
      `${leads}, which is in no public hosted zone of this account`,
      'point the CNAME into one, or remove it, so that the proof can be written at the challenge name itself',
    );
  }
  if (!mayBeWritten(end.name, stack)) {
    return failing(
      CHECK,
      `${leads}, where this stack may not write`,
      `add "${end.name}" to params.challengeTargets in serverless.yml and deploy`,
    );
  }
  const records = judgeRecords(facts);
  return records.status === 'ok' ? ok(CHECK, `${leads} in ${describe(zone.found.zone)}`) : records;
}

/** The DNS shows a CNAME where the zone holds none. */
function isFromWildcard({ start }: IdentifierFacts): boolean {
  return 'found' in start.records && !start.records.found.some((record) => isAt(record, start.name, 'CNAME'));
}

function mayBeWritten(name: string, { domains, challengeTargets }: CertificateFacts['stack']): boolean {
  if (challengeTargets.includes(name)) return true;
  return name.startsWith(challengeName('')) && domains.some((domain) => isAtOrBelow(name, domain));
}

function judgeRecords({ end }: IdentifierFacts): Result {
  if ('trouble' in end.records) return unseen(CHECK, end.records.trouble);
  // What is at the name when it is the zone's own, and what is a delegation, is not in the way of a TXT, or told elsewhere.
  const here = end.records.found.filter(
    ({ name, type }) => name === end.name && !['NS', 'SOA'].includes(type),
  );
  const txt = here.find(({ type }) => type === 'TXT');
  if (txt && txt.kind !== 'simple') {
    return failing(
      CHECK,
      `TXT at ${end.name} is ${txt.kind === 'alias' ? 'an alias' : 'a multivalue or other routing-policy record'}`,
      'Route 53 takes no simple TXT beside it; make it a simple record, or remove it',
    );
  }
  if (here.some(({ type }) => type === 'CNAME')) {
    return failing(
      CHECK,
      `${end.name} is a CNAME in the hosted zone that the public DNS does not show`,
      'mend the delegation, or remove the CNAME',
    );
  }
  const others = here.filter(({ type }) => type !== 'TXT' && type !== 'CAA');
  if (others.length > 0) {
    return warning(
      CHECK,
      `${others.map(describeRecord).join(', ')} at ${end.name}, where only TXT belongs`,
      'a TXT can stand beside it; remove it if it is there by mistake',
    );
  }
  const foreign = txt?.values.length ?? 0;
  return ok(
    CHECK,
    foreign > 0 ? `${end.name} holds ${foreign} TXT of others, which stay` : `${end.name} is free`,
  );
}

const describeRecord = ({ type, kind }: FoundRecord) => (kind === 'simple' ? type : `${type} (${kind})`);
const isAt = (record: FoundRecord, name: string, type: string) =>
  record.name === name && record.type === type;
