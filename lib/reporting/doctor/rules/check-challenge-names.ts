import { challengeName, isAtOrBelow } from '../../../foundation/certificate/domain-name.ts';
import type { FoundRecord } from '../../../issuance/dns/rules/hosted-zones.ts';
import { describe, zoneOf } from './check-zones.ts';
import type { CertificateFacts, IdentifierFacts } from './facts.ts';
import { failing, ok, type Result, troublesOr, unseen, warning } from './finding.ts';

const CHECK = 'challenge-name';

/** A TXT can be written where the CA will look for it, beside the records that are there. */
export function checkChallengeNames({ identifiers, stack }: CertificateFacts): Result[] {
  // checkZones reports a name without a zone.
  const results = identifiers
    .filter(({ start, end }) => end !== start || 'found' in zoneOf(start))
    .map((facts) => judge(facts, stack));
  return troublesOr(results);
}

function judge(facts: IdentifierFacts, stack: CertificateFacts['stack']): Result {
  const { path, end } = facts;
  if ('trouble' in path) return unseen(CHECK, path.trouble);
  const { names, ends } = path.found;
  const chain = names.join(' -> ');
  if (!ends) {
    const remedy = 'let it point to one name in a hosted zone of this account, or remove the CNAME';
    return failing(CHECK, `the CNAMEs of ${names[0]} do not end: ${chain}`, remedy);
  }
  // A TXT at the name takes the wildcard's place.
  if (names.length === 1) return judgeRecords({ ...facts, end: facts.start });
  if (isFromWildcard(facts)) {
    const free = judgeRecords({ ...facts, end: facts.start });
    const seen = `${free.seen}: its zone holds no CNAME there, only the DNS shows one (of a wildcard, or an old one)`;
    return free.status === 'ok' ? ok(CHECK, seen) : free;
  }
  const zone = zoneOf(end);
  if ('trouble' in zone) {
    const seen = `${chain}, which is in no public hosted zone of this account`;
    const remedy =
      'point the CNAME into one, or remove it, so that the proof can be written at the challenge name itself';
    return failing(CHECK, seen, remedy);
  }
  if (!mayBeWritten(end.name, stack)) {
    const remedy = `add "${end.name}" to challengeTargets in settings.yml and deploy`;
    return failing(CHECK, `${chain}, where this stack may not write`, remedy);
  }
  const records = judgeRecords(facts);
  return records.status === 'ok' ? ok(CHECK, `${chain} in ${describe(zone.found.zone)}`) : records;
}

/** The DNS shows a CNAME where the zone holds none. */
function isFromWildcard({ start: { name, records } }: IdentifierFacts): boolean {
  return 'found' in records && !records.found.some((one) => one.name === name && one.type === 'CNAME');
}

function mayBeWritten(name: string, { domains, challengeTargets }: CertificateFacts['stack']): boolean {
  if (challengeTargets.includes(name)) return true;
  return name.startsWith(challengeName('')) && domains.some((domain) => isAtOrBelow(name, domain));
}

function judgeRecords({ end }: IdentifierFacts): Result {
  if ('trouble' in end.records) return unseen(CHECK, end.records.trouble);
  // The zone's own NS and SOA do not prevent a TXT, and checkSubZones reports delegations.
  const here = end.records.found.filter(
    ({ name, type }) => name === end.name && !['NS', 'SOA'].includes(type),
  );
  const txt = here.find(({ type }) => type === 'TXT');
  if (txt && txt.kind !== 'simple') {
    const kind = txt.kind === 'alias' ? 'an alias' : 'a multivalue or other routing-policy record';
    const remedy = 'Route 53 takes no simple TXT beside it; make it a simple record, or remove it';
    return failing(CHECK, `TXT at ${end.name} is ${kind}`, remedy);
  }
  if (here.some(({ type }) => type === 'CNAME')) {
    const seen = `${end.name} is a CNAME in the hosted zone that the public DNS does not show`;
    return failing(CHECK, seen, 'mend the delegation, or remove the CNAME');
  }
  const others = here.filter(({ type }) => type !== 'TXT' && type !== 'CAA');
  if (others.length > 0) {
    const seen = `${others.map(describeRecord).join(', ')} at ${end.name}, where only TXT belongs`;
    return warning(CHECK, seen, 'a TXT can stand beside it; remove it if it is there by mistake');
  }
  const foreign = txt?.values.length ?? 0;
  if (foreign === 0) return ok(CHECK, `${end.name} is free`);
  return ok(CHECK, `${end.name} holds ${foreign} TXT of others, which stay`);
}

const describeRecord = ({ type, kind }: FoundRecord) => (kind === 'simple' ? type : `${type} (${kind})`);
