import { isAtOrBelow } from '../../../foundation/certificate/domain-name.ts';
import type { CaaIssuer } from '../../../issuance/ca/rules/ca-list.ts';
import { governingTag, issuerOf, judgeCaa, type RelevantSet } from '../../../issuance/caa/rules/caa.ts';
import type { CertificateFacts } from './facts.ts';
import { failing, foundOr, ok, type Result, troublesOr, unseen, warning } from './finding.ts';

const CHECK = 'caa';

/** The relevant set of each name lets the CA issue, or will once `caa.mode` manage has added what is missing. */
export function checkCaa({ wanted, stack, caa, account }: CertificateFacts): Result[] {
  if ('trouble' in account.directory)
    return [unseen(CHECK, { seen: 'the CA does not tell its name in CAA records', remedy: '' })];
  const identity = account.directory.found.caaIdentity;
  if (identity === undefined) return [ok(CHECK, 'the CA has no name in CAA records')];
  // Without an account there is no accounturi to compare.
  const issuer = { identity, accountUri: foundOr(account.kept, undefined)?.accountUri };
  const context = { issuer, mode: wanted.caa.mode, domains: stack.domains };
  const results = caa.map(({ name, set }) =>
    'trouble' in set ? unseen(CHECK, set.trouble) : judge(name, set.found, context),
  );
  return troublesOr(results);
}

interface Context {
  issuer: CaaIssuer;
  mode: CertificateFacts['wanted']['caa']['mode'];
  domains: readonly string[];
}

function judge(name: string, set: RelevantSet | undefined, { issuer, mode, domains }: Context): Result {
  const { identity } = issuer;
  const verdict = judgeCaa(name, set, issuer);
  const isManaged = mode === 'manage';
  if (!set) {
    const made = 'no set yet; the next renewal makes one, unless a CNAME stands there';
    return ok(CHECK, isManaged ? made : 'no set restricts any CA');
  }
  if (verdict.allowed) return judgeRestrictions(name, set, identity);
  const seen = `${name}: ${verdict.because} does not let ${identity} issue`;
  if (verdict.reason === 'caa-unknown-critical')
    return failing(CHECK, seen, 'remove it; no CA may pass over a critical property that it does not know');
  if (isManaged && domains.some((domain) => isAtOrBelow(set.at, domain)))
    return ok(CHECK, `the next renewal adds ${identity} to the set at ${set.at}`);
  const add = `add 0 ${governingTag(name, set)} "${identity}" at ${set.at}`;
  if (verdict.reason !== 'caa-forbids')
    return failing(CHECK, seen, `${add}, or mend the accounturi and validationmethods there`);
  return failing(CHECK, seen, isManaged ? add : `${add}, or set caa.mode to manage in the renewal file`);
}

/** RFC 8657, 5.1: a value without parameters lets the CA issue for everyone, whatever another value asks for. */
function judgeRestrictions(name: string, set: RelevantSet, identity: string): Result {
  const tag = governingTag(name, set);
  const values = set.properties
    .filter((one) => one.tag.toLowerCase() === tag && issuerOf(one.value) === identity.toLowerCase())
    .map(({ value }) => value);
  const restricted = values.filter((value) => /;\s*(accounturi|validationmethods)\s*=/i.test(value));
  const open = values.find((value) => !restricted.includes(value));
  if (restricted.length === 0 || open === undefined)
    return ok(CHECK, `the set at ${set.at} lets ${identity} issue`);
  const quoted = restricted.map((value) => `"${value}"`).join(', ');
  const seen = `0 ${tag} "${open}" at ${set.at} makes ${quoted} void`;
  return warning(CHECK, seen, 'remove the value without parameters, if nobody else needs it');
}
