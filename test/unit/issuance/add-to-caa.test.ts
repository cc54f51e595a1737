import { describe, expect, it } from 'vitest';
import { additionTo, lineToSet } from '../../../lib/issuance/caa/rules/add-to-caa.ts';
import { setAfter, stillRefused } from '../../../lib/issuance/caa/rules/after-edits.ts';
import { parseCaa, type RelevantSet } from '../../../lib/issuance/caa/rules/caa.ts';

const AT = 'certs.example.com';
const ACCOUNT = 'https://ca1.example.net/acct/1';
const known = { identity: 'ca1.example.net', accountUri: ACCOUNT };
const unknown = { identity: 'ca1.example.net' };
const BOUND = `0 issue "ca1.example.net; accounturi=${ACCOUNT}; validationmethods=dns-01"`;
const METHOD = '0 issue "ca1.example.net; validationmethods=dns-01"';
const setOf = (...records: string[]): RelevantSet => ({ at: AT, properties: records.map(parseCaa) });
const issue = (...values: string[]) => setOf(...values.map((value) => `0 issue "${value}"`));

describe('a set that lets the CA issue is added to', () => {
  it.each<[string, typeof known | typeof unknown, boolean, string[], string | undefined]>([
    ['not, unless the file binds the CA', known, false, ['ca1.example.net'], undefined],
    [
      'not beside one that binds the method, unless the file binds the CA',
      known,
      false,
      ['ca1.example.net; validationmethods=dns-01'],
      undefined,
    ],
    ['with a bound value', known, true, ['ca1.example.net'], BOUND],
    ['beside one that is bound to less', known, true, ['ca1.example.net; validationmethods=dns-01'], BOUND],
    ['with a value that binds the method, without our account', unknown, true, ['ca1.example.net'], METHOD],
    [
      'beside a free one and one that is bound, without our account',
      unknown,
      true,
      ['ca1.example.net', `ca1.example.net; accounturi=${ACCOUNT}`],
      METHOD,
    ],
    [
      'not where every value is bound, without our account',
      unknown,
      true,
      [`ca1.example.net; accounturi=${ACCOUNT}`],
      undefined,
    ],
    ['not where only the CA knows what it asks for', known, true, ['ca1.example.net; policy=ev'], undefined],
    [
      'not where the only value that can be read is not met',
      known,
      true,
      ['ca1.example.net; policy=ev', 'ca1.example.net; validationmethods=http-01'],
      undefined,
    ],
    [
      'where one of several can be read and is met',
      known,
      true,
      ['ca1.example.net; policy=ev', 'ca1.example.net'],
      BOUND,
    ],
  ])('%s', (_, asker, restrict, values, value) => {
    expect(additionTo(issue(...values), AT, { asker, restrict })).toEqual(value && { value });
  });
});

describe('a set that keeps the CA out', () => {
  it.each<[string, typeof known | typeof unknown, string[], object]>([
    ['of another CA is added to', unknown, ['other.test'], { value: '0 issue "ca1.example.net"' }],
    [
      'and asks for what only the CA knows has a line to set, with a place for our account',
      unknown,
      ['ca1.example.net; policy=ev; validationmethods=http-01'],
      {
        refused: 'only the CA knows what the set asks for',
        line: '0 issue "ca1.example.net; policy=ev; accounturi=(our-account); validationmethods=dns-01"',
      },
    ],
    [
      'and has parameters that only look like those of RFC 8657 has them in the line',
      known,
      ['ca1.example.net; xaccounturi=1; validationmethodsx=2; validationmethods=http-01'],
      {
        refused: 'only the CA knows what the set asks for',
        line: `0 issue "ca1.example.net; xaccounturi=1; validationmethodsx=2; accounturi=${ACCOUNT}; validationmethods=dns-01"`,
      },
    ],
    [
      'by its method has to wait for our account',
      unknown,
      ['ca1.example.net; validationmethods=http-01'],
      {
        refused: 'the set binds the CA, and our account there is not known yet',
        line: '0 issue "ca1.example.net; accounturi=(our-account); validationmethods=dns-01"',
      },
    ],
  ])('%s', (_, asker, values, addition) => {
    expect(additionTo(issue(...values), AT, { asker, restrict: false })).toEqual(addition);
  });

  it.each([
    [setOf('128 x "y"'), 'no CA may pass over a critical property it does not know; remove it'],
    [issue('other.test'), `add 0 issue "ca1.example.net" at ${AT}`],
    [issue(';'), `the set says that nobody may issue; if it shall, set 0 issue "ca1.example.net" at ${AT}`],
  ])('is for a person to change: %j', (set, line) => {
    expect(lineToSet(set, AT, { asker: known, restrict: false })).toBe(line);
  });
});

describe('a set once it is changed', () => {
  const edit = (at: string, add: string[], remove: string[] = []) => ({ at, add, remove, governs: [AT] });

  it('has what was added, and not what was removed, at its own name', () => {
    const edits = [edit(AT, [BOUND], ['0 issue "old.test"']), edit('other.test', ['0 issue "x.test"'])];
    const removed = edit('example.com', [], ['0 issue "kept.test"']);
    expect(setAfter(issue('old.test', 'kept.test'), [...edits, removed])).toEqual(
      setOf('0 issue "kept.test"', BOUND),
    );
  });

  it('keeps out whom nothing was added for, each once, with the line to set', () => {
    const seen = [AT, AT].map((name) => ({ name, set: issue('other.test'), isAlias: false }));
    const wish = { issuers: [known, { identity: 'ca2.test' }], restrict: true, alsoAllow: [] };
    const method = 'dns-persist-01';
    expect(stillRefused(seen, { ...wish, method }, [edit(AT, ['0 issue "ca2.test"'])])).toEqual([
      {
        name: AT,
        identity: 'ca1.example.net',
        remedy: `add ${BOUND.replace('dns-01', method)} at ${AT}`,
      },
    ]);
  });

  it('is judged by the method that the certificate is proved by', () => {
    const seen = [{ name: AT, set: issue('ca1.example.net; validationmethods=dns-01'), isAlias: false }];
    const wish = { issuers: [known], restrict: false, alsoAllow: [] };
    expect(stillRefused(seen, wish, [])).toEqual([]);
    expect(stillRefused(seen, { ...wish, method: 'dns-persist-01' }, [])).toHaveLength(1);
  });

  it('keeps nobody out where there is none', () => {
    const seen = [{ name: AT, set: undefined, isAlias: false }];
    expect(stillRefused(seen, { issuers: [known], restrict: true, alsoAllow: [] }, [])).toEqual([]);
  });
});
