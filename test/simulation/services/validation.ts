import { challengeName, selfAndAncestors } from '../../../lib/foundation/certificate/domain-name.ts';
import { judgeCaa } from '../../../lib/issuance/caa/rules/caa.ts';
import type { Validator } from './ca-parts.ts';
import type { KeptAuthorization } from './ca-records.ts';
import { SERVERS } from './zone-file.ts';

/** Looks at the proof and at CAA a little later, from several places, and makes up its mind (RFC 8555, 8.4; RFC 8659, 3). */
export function validate(ca: Validator, authorization: KeptAuthorization): void {
  const { scheduler, random } = ca.parts;
  scheduler.after(random.spread(500, 15_000), `ca validate ${authorization.identifier}`, () => {
    if (authorization.status !== 'pending') return;
    authorization.isMisjudged = ca.parts.faults.happens('ca.misjudges');
    const problem = authorization.isMisjudged
      ? 'During secondary validation: DNS problem: query timed out (dns)'
      : complaintAbout(ca, authorization);
    if (problem === undefined) {
      authorization.status = 'valid';
      authorization.validSince = scheduler.now;
      authorization.expires = scheduler.now + ca.reuse;
      return;
    }
    authorization.status = 'invalid';
    authorization.problem = problem;
    ca.limits.failed(authorization.account, authorization.identifier, scheduler.now);
    for (const hear of ca.onRefusedProof) hear(authorization);
  });
}

function complaintAbout(ca: Validator, authorization: KeptAuthorization): string | undefined {
  const { identifier, txtValue } = authorization;
  const { dns } = ca.parts;
  const name = challengeName(identifier);
  for (let server = 0; server < SERVERS; server += 1)
    if (!dns.values(name, 'TXT', server).includes(`"${txtValue}"`))
      return `Incorrect TXT record found at ${name} (unauthorized)`;
  return complaintAboutCaa(ca, authorization);
}

/** RFC 8659, 3. */
export function complaintAboutCaa(
  { identity, parts: { dns } }: Pick<Validator, 'identity' | 'parts'>,
  { identifier, isWildcard, account }: KeptAuthorization,
): string | undefined {
  const wanted = isWildcard ? `*.${identifier}` : identifier;
  for (const label of selfAndAncestors(identifier)) {
    const properties = dns.caa(label);
    if (properties.length === 0) continue;
    const verdict = judgeCaa(wanted, { at: label, properties }, { identity, accountUri: account });
    return verdict.allowed ? undefined : `CAA record for ${label} prevents issuance (caa)`;
  }
  return undefined;
}
