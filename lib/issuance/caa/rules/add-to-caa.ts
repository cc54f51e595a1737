import {
  type CaaAsker,
  formatCaa,
  governingProperties,
  governingTag,
  judgeCaa,
  meets,
  type RelevantSet,
  valuesOf,
} from './caa.ts';
import { type IssueValue, isOpaque, parseIssueValue } from './issue-value.ts';

/** The address of an account that is not known yet, in what a person reads. */
export const OUR_ACCOUNT = '(our-account)';

/** What lets a CA issue: nothing more, a value to add, or a line that only a person may set. */
export type CaaAddition = { value: string } | { refused: string; line: string } | undefined;

/** Who wants to issue, and whether the file binds the CA to our account and method in any case. */
export interface CaaRequest {
  asker: CaaAsker;
  restrict: boolean;
}

/**
 * The value that a set needs so that the CA may issue. A CA honours the loosest of its values (RFC 8657, 5.1), so one is never
 * added beside a bound value unless it is bound to our account and method; and none where that would take back what somebody
 * said: that nobody may issue, or a parameter whose meaning only the CA knows.
 */
export function additionTo(set: RelevantSet, name: string, { asker, restrict }: CaaRequest): CaaAddition {
  const verdict = judgeCaa(name, set, asker);
  // An unknown critical property overrules every other one.
  if (!verdict.allowed && verdict.reason === 'caa-unknown-critical') return undefined;
  const governing = governingProperties(name, set);
  const ofIssuer = valuesOf(asker, governing);
  const isBound = ofIssuer.length > 0 && ofIssuer.every(hasConditions);
  const bound = restrict || isBound;
  const tag = governingTag(name, set);
  const value = issueValue(tag, asker, { bound });
  if (verdict.allowed) {
    // Without our account the value would let every account in, beside values that are bound to one.
    const isKnown = !isBound || asker.accountUri !== undefined;
    const isFree = isKnown && ofIssuer.some((one) => !isOpaque(one) && meets(asker, one));
    return restrict && isFree && !governing.map(formatCaa).includes(value) ? { value } : undefined;
  }
  const opaque = ofIssuer.find(isOpaque);
  const { accountUri = bound ? OUR_ACCOUNT : undefined } = asker;
  const line = issueValue(tag, { ...asker, accountUri }, { bound, copied: opaque });
  if (opaque) return { refused: 'only the CA knows what the set asks for', line };
  if (governing.every(namesNobody)) return { refused: 'the set says that nobody may issue', line };
  if (isBound && asker.accountUri === undefined)
    return { refused: 'the set binds the CA, and our account there is not known yet', line };
  return { value };
}

/** What a person may do about a set that keeps the CA out. */
export function lineToSet(set: RelevantSet, name: string, request: CaaRequest): string {
  const addition = additionTo(set, name, request);
  if (!addition) return 'no CA may pass over a critical property it does not know; remove it';
  if ('value' in addition) return `add ${addition.value} at ${set.at}`;
  return `${addition.refused}; if it shall, set ${addition.line} at ${set.at}`;
}

const hasConditions = ({ parameters, isWellFormed }: IssueValue) => parameters.length > 0 || !isWellFormed;

/** Also one that no CA can read (RFC 8659, 4.2). */
function namesNobody({ value }: { value: string }): boolean {
  const { issuer, isWellFormed } = parseIssueValue(value);
  return issuer === '' || !isWellFormed;
}

/** An `issue` value in presentation format; `bound` to our account and method (RFC 8657), with `copied` parameters. */
export function issueValue(
  tag: string,
  { identity, accountUri, method = 'dns-01' }: CaaAsker,
  { bound, copied }: { bound: boolean; copied?: IssueValue | undefined },
): string {
  const known = copied?.parameters.filter(([name]) => !/^(accounturi|validationmethods)$/.test(name)) ?? [];
  const account = accountUri === undefined ? [] : [['accounturi', accountUri] as const];
  const parameters = bound ? [...known, ...account, ['validationmethods', method] as const] : known;
  const value = [identity, ...parameters.map(([name, content]) => `${name}=${content}`)].join('; ');
  return formatCaa({ flags: 0, tag, value });
}
