import { isAtOrBelow } from '../../../foundation/certificate/domain-name.ts';
import { additionTo, lineToSet } from '../../../issuance/caa/rules/add-to-caa.ts';
import {
  type CaaAsker,
  governingProperties,
  governingTag,
  judgeCaa,
  type RelevantSet,
  valuesOf,
} from '../../../issuance/caa/rules/caa.ts';
import { methodOf } from '../../../issuance/dns/rules/persist-record.ts';
import type { CertificateFacts } from './facts.ts';
import { failing, foundOr, ok, type Result, troublesOr, unseen, warning } from './finding.ts';

const CHECK = 'caa';

/** The relevant set of each name lets the CA issue, or will once `caa.mode` manage has added what is missing. */
export function checkCaa({ wanted, stack, caa, account }: CertificateFacts): Result[] {
  if ('trouble' in account.directory)
    return [unseen(CHECK, { seen: 'the CA does not tell its name in CAA records', remedy: '' })];
  const { caaIdentity: identity, alsoNamed } = account.directory.found;
  if (identity === undefined) return [ok(CHECK, 'the CA has no name in CAA records')];
  // Without an account there is no accounturi to compare.
  const accountUri = foundOr(account.kept, undefined)?.accountUri;
  const asker = { identity, alsoNamed, accountUri, method: methodOf(wanted) };
  const context = { ...wanted.caa, asker, domains: stack.domains };
  const results = caa.map(({ name, set }) =>
    'trouble' in set ? unseen(CHECK, set.trouble) : judge(name, set.found, context),
  );
  return troublesOr(results);
}

type Context = Pick<CertificateFacts['wanted']['caa'], 'mode' | 'restrict'> & {
  asker: CaaAsker;
  domains: readonly string[];
};

function judge(name: string, set: RelevantSet | undefined, context: Context): Result {
  const { asker, mode, domains } = context;
  const { identity } = asker;
  const verdict = judgeCaa(name, set, asker);
  const isManaged = mode === 'manage';
  if (!set) {
    const made = 'no set yet; the next renewal makes one, unless a CNAME stands there';
    return ok(CHECK, isManaged ? made : 'no set restricts any CA');
  }
  if (verdict.allowed) return judgeRestrictions(name, set, asker);
  const seen = `${name}: ${verdict.because} does not let ${identity} issue`;
  if (verdict.reason === 'caa-unknown-critical')
    return failing(CHECK, seen, 'remove it; no CA may pass over a critical property that it does not know');
  const addition = additionTo(set, name, context);
  const mayAdd = addition !== undefined && 'value' in addition;
  if (mayAdd && isManaged && domains.some((domain) => isAtOrBelow(set.at, domain)))
    return ok(CHECK, `the next renewal adds ${identity} to the set at ${set.at}`);
  const todo = lineToSet(set, name, context);
  if (verdict.reason !== 'caa-forbids')
    return failing(CHECK, seen, `${todo}, or mend the accounturi and validationmethods there`);
  const orManage = mayAdd && !isManaged ? ', or set caa.mode to manage in the renewal file' : '';
  return failing(CHECK, seen, todo + orManage);
}

/** RFC 8657, 5.1: a value without parameters lets the CA issue for everyone, whatever another value asks for. */
function judgeRestrictions(name: string, set: RelevantSet, asker: CaaAsker): Result {
  const tag = governingTag(name, set);
  const values = governingProperties(name, set)
    .map(({ value }) => value)
    .filter((value) => valuesOf(asker, [{ flags: 0, tag, value }]).length > 0);
  const restricted = values.filter((value) => /;\s*(accounturi|validationmethods)\s*=/i.test(value));
  const open = values.find((value) => !restricted.includes(value));
  if (restricted.length === 0 || open === undefined)
    return ok(CHECK, `the set at ${set.at} lets ${asker.identity} issue`);
  const quoted = restricted.map((value) => `"${value}"`).join(', ');
  const seen = `0 ${tag} "${open}" at ${set.at} makes ${quoted} void`;
  return warning(CHECK, seen, 'remove the value without parameters, if nobody else needs it');
}
