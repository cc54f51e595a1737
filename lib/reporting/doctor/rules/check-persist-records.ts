import { judgePersistRecord } from '../../../issuance/dns/rules/persist-records.ts';
import { knownIssuer, persistIssuer } from '../../../issuance/renewal/rules/persist-issuer.ts';
import type { CertificateFacts } from './facts.ts';
import { failing, foundOr, ok, type Result, unseen } from './finding.ts';

const CHECK = 'standing-record';

/** With dns-persist-01: the persist record of each name lets our account issue. */
export function checkPersistRecords({ wanted, account, standing, now }: CertificateFacts): Result[] {
  if (!standing) return [];
  const { directory, kept, directoryUrl: ca } = account;
  if ('trouble' in directory)
    return [unseen(CHECK, { seen: 'the CA does not tell whom a record would be for', remedy: '' })];
  if ('trouble' in kept) return [unseen(CHECK, kept.trouble)];
  const known = knownIssuer(directory.found.caaIdentity, directory.found.standing, kept.found);
  const state = foundOr(standing.state, undefined);
  const issues = persistIssuer(known, { ca, name: wanted.name, state });
  if ('seen' in issues) return [failing(CHECK, issues.seen, issues.remedy)];
  const context = { names: wanted.names, issuer: issues.issuer, now };
  return standing.places.map(({ identifier, standing: there }) => {
    if ('trouble' in there) return unseen(CHECK, there.trouble);
    const { name, value, complaint } = judgePersistRecord(identifier, there.found, context);
    if (complaint === undefined) return ok(CHECK, `the one at ${name} lets our account issue`);
    return failing(CHECK, `${name}: ${complaint}`, `put this TXT there: "${value}"`);
  });
}
