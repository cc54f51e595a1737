import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCaa, parseCaa } from '../../../lib/issuance/caa/rules/caa.ts';
import { type CaaWish, planCaa } from '../../../lib/issuance/caa/rules/caa-plan.ts';

const OURS = 'https://ca1.test/acct/1';
const AT = 'certs.example.com';
/** The first CA has two names. */
const namesOf = (ca: string) => (ca === 'ca1.test' ? [ca, 'ca1-too.test'] : [ca]);

/** Somebody who asks a CA; of what only the CA knows, `fulfils` is what is so. */
interface Somebody {
  ca: string;
  account: string;
  method: string;
  fulfils: readonly string[];
}

/** Who may issue, written anew from RFC 8659 (4.2, 4.3) and RFC 8657 (3, 4), for values in the forms made below. */
function permits(records: readonly string[], isWildcard: boolean, somebody: Somebody): boolean {
  const all = records.map((record) => {
    const [, tag = '', value = ''] = /^\d+ (\S+) "(.*)"$/.exec(record) ?? [];
    return { tag: tag.toLowerCase(), value };
  });
  const tag = isWildcard && all.some((one) => one.tag === 'issuewild') ? 'issuewild' : 'issue';
  const governing = all.filter((one) => one.tag === tag);
  return governing.length === 0 || governing.some(({ value }) => isOpenTo(value, somebody));
}

function isOpenTo(value: string, { ca, account, method, fulfils }: Somebody): boolean {
  const [issuer = '', ...parameters] = value.split(';').map((part) => part.trim());
  if (!namesOf(ca).includes(issuer.toLowerCase())) return false;
  const tags = parameters.map((parameter) => parameter.split('=')[0] ?? '');
  if (new Set(tags).size < tags.length) return false;
  return parameters.every((parameter) => {
    const [tag = '', content] = parameter.split('=');
    if (content === undefined) return false;
    if (tag === 'accounturi') return content === account;
    if (tag === 'validationmethods') return content.split(',').includes(method);
    return fulfils.includes(parameter);
  });
}

const parameter = fc.constantFrom(
  `accounturi=${OURS}`,
  'accounturi=https://ca1.test/acct/2',
  'validationmethods=dns-01',
  'validationmethods=http-01,dns-01',
  'validationmethods=http-01',
  'policy=ev',
  'unreadable',
);
const value = fc
  .tuple(
    fc.constantFrom('ca1.test', 'CA1.test', 'ca1-too.test', 'ca2.test', 'other.test', ''),
    fc.array(parameter, { maxLength: 3 }),
  )
  .map((parts) => [parts[0], ...parts[1]].join('; '));
const record = fc
  .tuple(fc.constantFrom('issue', 'ISSUE', 'issuewild', 'iodef'), value)
  .map(([tag, content]) => `0 ${tag} "${content}"`);
const records = fc.uniqueArray(record, { minLength: 1, maxLength: 4 });
const somebody = fc.record({
  ca: fc.constantFrom('ca1.test', 'ca2.test', 'other.test', 'third.test'),
  account: fc.constantFrom(OURS, 'https://ca1.test/acct/2', 'https://ca1.test/acct/3'),
  method: fc.constantFrom('dns-01', 'http-01', 'tls-alpn-01'),
  fulfils: fc.subarray(['policy=ev']),
});
const CA1 = { identity: 'ca1.test', alsoNamed: ['ca1-too.test'], accountUri: OURS };
const wish = fc.record({
  issuers: fc.constantFrom([CA1], [CA1, { identity: 'ca2.test' }]),
  restrict: fc.boolean(),
  alsoAllow: fc.constant([]),
});
const names = fc.subarray([AT, `*.${AT}`, `www.${AT}`], { minLength: 1 });

function changed(before: readonly string[], asked: readonly string[], how: CaaWish): string[] {
  const set = { at: AT, properties: before.map(parseCaa) };
  const found = asked.map((name) => ({ name, set, isAlias: false }));
  const { edits } = planCaa(found, how, []);
  expect(edits.flatMap(({ remove }) => remove)).toEqual([]);
  return [...before, ...edits.flatMap(({ add }) => add)];
}

/** The values of a tag that begin with the CA's name, in whatever words they go on. */
const valuesOf = (before: readonly string[], tag: string, ca: string) =>
  before
    .map(parseCaa)
    .filter((one) => one.tag.toLowerCase() === tag.toLowerCase())
    .map(({ value }) => value)
    .filter((value) => namesOf(ca).includes(value.split(';')[0]?.trim().toLowerCase() ?? ''));

describe('a set that is there', () => {
  it('becomes weaker for nobody but our account and method, or a CA that it did not speak of', () => {
    fc.assert(
      fc.property(records, names, wish, somebody, fc.boolean(), (before, asked, how, who, isWildcard) => {
        const then = changed(before, asked, how);
        if (!permits(then, isWildcard, who) || permits(before, isWildcard, who)) return;
        const hasWild = then.some((one) => parseCaa(one).tag === 'issuewild');
        const tag = isWildcard && hasWild ? 'issuewild' : 'issue';
        expect(how.issuers.map(({ identity }) => identity)).toContain(who.ca);
        const spoken = valuesOf(before, tag, who.ca);
        const isBound = spoken.length > 0 || how.restrict;
        if (isBound) expect(who.method).toBe('dns-01');
        // The account at the other CA is not known; a bound set of it is left alone.
        if (isBound && who.ca === 'ca1.test') expect(who.account).toBe(OURS);
        if (spoken.length > 0) expect(who.ca).toBe('ca1.test');
        expect(spoken.join()).not.toMatch(/policy=|unreadable/);
      }),
      { numRuns: 20_000 },
    );
  });

  it('that lets nobody issue is not added to', () => {
    const nobody = fc.uniqueArray(
      fc.constantFrom('0 issue ";"', '0 issue ""', '0 issue "%%"', '0 issue "; a=b"'),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(nobody, names, wish, (before, asked, how) => {
        expect(changed(before, asked, how)).toEqual(before);
      }),
    );
  });

  it('loses nothing, and is left as it is by a second look', () => {
    fc.assert(
      fc.property(records, names, wish, (before, asked, how) => {
        const first = changed(before, asked, how);
        expect(first.slice(0, before.length)).toEqual(before);
        expect(changed(first, asked, how)).toEqual(first);
        expect(first.map(parseCaa).map(formatCaa)).toEqual(first);
      }),
    );
  });
});
