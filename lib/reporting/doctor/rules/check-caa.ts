import { isAtOrBelow } from '../../../foundation/certificate/domain-name.ts';
import type { CaaIssuer } from '../../../issuance/ca/rules/ca-list.ts';
import {
  type CaaVerdict,
  governingTag,
  issuerOf,
  judgeCaa,
  type RelevantSet,
} from '../../../issuance/caa/rules/caa.ts';
import { foundOr, unseen } from './answer.ts';
import type { CertificateFacts } from './facts.ts';
import { failing, ok, type Result, troublesOr, warning } from './finding.ts';

const CHECK = 'caa';

/** The relevant set of each name lets the CA issue, or will once `caa.mode` manage has added what is missing. */
export function checkCaa({ wanted, stack, caa, account }: CertificateFacts): Result[] {
  if ('trouble' in account.directory)
    return [unseen(CHECK, { seen: 'the CA does not tell its name in CAA records', remedy: '' })];
  const identity = account.directory.found.caaIdentity;
  if (identity === undefined) return [ok(CHECK, 'the CA has no name in CAA records')];
  // Before there is an account no accounturi can be held against it.
  const issuer = { identity, accountUri: foundOr(account.kept, undefined)?.accountUri };
  const context = { issuer, mode: wanted.caa.mode, domains: stack.domains };
  const results = caa.flatMap(({ name, set }) =>
    'trouble' in set ? [unseen(CHECK, set.trouble)] : judge(name, set.found, context),
  );
  return troublesOr(results);
}

interface Context {
  issuer: CaaIssuer;
  mode: CertificateFacts['wanted']['caa']['mode'];
  domains: readonly string[];
}

function judge(name: string, set: RelevantSet | undefined, { issuer, mode, domains }: Context): Result[] {
  const { identity } = issuer;
  const verdict = judgeCaa(name, set, issuer);
  if (!set)
    return [
      ok(
        CHECK,
        mode === 'manage'
          ? 'no set yet; the next renewal makes one, unless a CNAME stands there'
          : 'no set restricts any CA',
      ),
    ];
  if (verdict.allowed) return judgeRestrictions(name, set, identity);
  const seen = `${name}: ${verdict.because} does not let ${identity} issue`;
  if (verdict.reason === 'caa-unknown-critical')
    return [failing(CHECK, seen, 'remove it; no CA may pass over a critical property that it does not know')];
  if (mode === 'manage' && domains.some((domain) => isAtOrBelow(set.at, domain)))
    return [ok(CHECK, `the next renewal adds ${identity} to the set at ${set.at}`)];
  return [
    failing(CHECK, seen, remedyFor(verdict, { identity, at: set.at, tag: governingTag(name, set), mode })),
  ];
}

function remedyFor(
  { reason }: CaaVerdict & { allowed: false },
  { identity, at, tag, mode }: { identity: string; at: string; tag: string; mode: Context['mode'] },
): string {
  const add = `add 0 ${tag} "${identity}" at ${at}`;
  if (reason !== 'caa-forbids') return `${add}, or mend the accounturi and validationmethods there`;
  return mode === 'manage' ? add : `${add}, or set caa.mode to manage in the renewal file`;
}

/** RFC 8657, 5.1: a value without parameters lets the CA issue for everyone, whatever another value asks for. */
function judgeRestrictions(name: string, set: RelevantSet, identity: string): Result[] {
  const tag = governingTag(name, set);
  const values = set.properties
    .filter(
      (property) => property.tag.toLowerCase() === tag && issuerOf(property.value) === identity.toLowerCase(),
    )
    .map(({ value }) => value);
  const restricted = values.filter((value) => /;\s*(accounturi|validationmethods)\s*=/i.test(value));
  const open = values.find((value) => !restricted.includes(value));
  if (restricted[0] !== undefined && open !== undefined)
    return [
      warning(
        CHECK,
        `0 ${tag} "${open}" at ${set.at} makes ${restricted.map((value) => `"${value}"`).join(', ')} void`,
        'remove the value without parameters, if nobody else needs it',
      ),
    ];
  return [ok(CHECK, `the set at ${set.at} lets ${identity} issue`)];
}
