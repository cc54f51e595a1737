import { describe, expect, it } from 'vitest';
import { judgeCaa, type RelevantSet } from '../../../lib/issuance/caa/rules/caa.ts';
import {
  type CaaRecord,
  type CaaWish,
  planCaa,
  recordedAfter,
  wishOf,
} from '../../../lib/issuance/caa/rules/caa-plan.ts';
import type { CaaProperty } from '../../../lib/issuance/dns/rules/caa-property.ts';
import { methodOf } from '../../../lib/issuance/dns/rules/persist-record.ts';

const ACCOUNT = 'https://ca1.example.net/acct/1';
const issuer = { identity: 'ca1.example.net', accountUri: ACCOUNT };
const BOUND = `0 issue "ca1.example.net; accounturi=${ACCOUNT}; validationmethods=dns-01"`;

/** `0 issue "ca1.example.net"` and so on, at certs.example.com. */
function setOf(...records: string[]): RelevantSet {
  const properties = records.map((record): CaaProperty => {
    const [, flags, tag = '', value = ''] = /^(\d+) (\S+) "(.*)"$/.exec(record) ?? [];
    return { flags: Number(flags), tag, value };
  });
  return { at: 'certs.example.com', properties };
}

function plan(
  names: [string, RelevantSet | undefined][],
  wish: Partial<CaaWish> = {},
  recorded: CaaRecord[] = [],
) {
  const found = names.map(([name, set]) => ({ name, set, isAlias: name.startsWith('alias') }));
  return planCaa(found, { issuers: [issuer], restrict: false, alsoAllow: [], ...wish }, recorded);
}
const additions = (...args: Parameters<typeof plan>) => plan(...args).edits.map(({ at, add }) => [at, add]);

describe('CAA to add', () => {
  it('is made at the name where there is none, once, for a wildcard at its base', () => {
    const { edits } = plan([
      ['example.com', undefined],
      ['*.example.com', undefined],
    ]);
    expect(edits).toEqual([
      {
        at: 'example.com',
        add: ['0 issue "ca1.example.net"'],
        remove: [],
        governs: ['example.com', '*.example.com'],
        isNew: true,
      },
    ]);
  });

  it('allows fallback CAs and others too where a set is made, and says whom to tell', () => {
    const wish = {
      issuers: [issuer, { identity: 'ca2.test' }],
      alsoAllow: ['amazon.com'],
      iodef: 'mailto:a@b.test',
    };
    expect(additions([['example.com', undefined]], wish)).toEqual([
      [
        'example.com',
        [
          '0 issue "ca1.example.net"',
          '0 issue "ca2.test"',
          '0 issue "amazon.com"',
          '0 iodef "mailto:a@b.test"',
        ],
      ],
    ]);
  });

  it('is nothing where the CA may issue already, and no nearer set is made', () => {
    expect(
      additions([['certs.example.com', setOf('0 issue "ca1.example.net"')]], { alsoAllow: ['amazon.com'] }),
    ).toEqual([]);
    expect(additions([['a.certs.example.com', setOf('0 iodef "mailto:a@b"')]])).toEqual([]);
  });

  it('goes to where the relevant set stands, by the property that governs', () => {
    const set = setOf('0 issue "ca2.example.org"', '0 issuewild "ca2.example.org"');
    expect(
      additions([
        ['a.certs.example.com', set],
        ['*.certs.example.com', set],
      ]),
    ).toEqual([['certs.example.com', ['0 issue "ca1.example.net"', '0 issuewild "ca1.example.net"']]]);
    const without = setOf('0 issue "ca2.example.org"');
    expect(additions([['*.certs.example.com', without]])).toEqual([
      ['certs.example.com', ['0 issue "ca1.example.net"']],
    ]);
  });

  it('is nothing where it could not help: an unknown critical property', () => {
    expect(
      additions([['certs.example.com', setOf('0 issue "ca2.example.org"', '128 tbs "Unknown"')]]),
    ).toEqual([]);
  });

  it('is not possible at an alias, and said so; a set above it is added to', () => {
    expect(plan([['alias.example.com', undefined]])).toEqual({
      edits: [],
      notPossible: ['alias.example.com'],
    });
    expect(additions([['alias.certs.example.com', setOf('0 issue "x.test"')]])).toEqual([
      ['certs.example.com', ['0 issue "ca1.example.net"']],
    ]);
  });

  it('lets the CA issue, once added', () => {
    for (const name of ['certs.example.com', '*.certs.example.com']) {
      for (const records of [
        ['0 issue ";"', '0 issue "x.test"', '0 issuewild "y.test"'],
        ['0 issue "x.test"', '0 issuewild "y.test"'],
        ['0 issue "ca1.example.net; accounturi=https://theirs.test/1"'],
        ['0 issue "ca1.example.net; validationmethods=http-01"'],
      ]) {
        for (const restrict of [false, true]) {
          const added = plan([[name, setOf(...records)]], { restrict }).edits.flatMap(({ add }) => add);
          expect(judgeCaa(name, setOf(...records, ...added), issuer).allowed).toBe(true);
        }
      }
    }
  });
});

describe('CAA bound to our account', () => {
  it('names account and method, in a new set and beside an unbound value', () => {
    expect(additions([['example.com', undefined]], { restrict: true })).toEqual([['example.com', [BOUND]]]);
    const unbound = setOf('0 issue "ca1.example.net"');
    expect(additions([['certs.example.com', unbound]], { restrict: true })).toEqual([
      ['certs.example.com', [BOUND]],
    ]);
  });

  it('is added once', () => {
    expect(additions([['certs.example.com', setOf(BOUND)]], { restrict: true })).toEqual([]);
  });

  it('takes the place of a value of ours, and of nobody else', () => {
    const old = `0 issue "ca1.example.net; accounturi=https://ca1.example.net/acct/0; validationmethods=dns-01"`;
    const set = setOf(old, '0 issue "ca1.example.net; accounturi=https://theirs.test/1"', '0 issue "x.test"');
    const recorded = [{ name: 'certs.example.com', values: [old] }];
    expect(plan([['certs.example.com', set]], { restrict: true }, recorded).edits).toEqual([
      { at: 'certs.example.com', add: [BOUND], remove: [old], governs: ['certs.example.com'] },
    ]);
    expect(plan([['certs.example.com', set]], { restrict: true }).edits[0]?.remove).toEqual([]);
  });
});

const THEIRS = 'accounturi=https://ca1.example.net/acct/2';

describe('a set that binds our CA', () => {
  it.each<[string, string[]]>([
    ['an account', [`0 issue "ca1.example.net; ${THEIRS}"`]],
    ['another method', ['0 issue "ca1.example.net;validationmethods=http-01"']],
    ['both', [`0 issue "CA1.example.net; ${THEIRS}; validationmethods=dns-01"`]],
    [
      'each value otherwise',
      [`0 issue "ca1.example.net; ${THEIRS}"`, '0 issue "ca1.example.net; accounturi="'],
    ],
    ['what no account can be', [`0 issue "ca1.example.net; accounturi=${ACCOUNT}; accounturi=${ACCOUNT}"`]],
  ])('to %s gets a value bound to our account and method', (_, records) => {
    expect(plan([['certs.example.com', setOf(...records)]])).toEqual({
      edits: [{ at: 'certs.example.com', add: [BOUND], remove: [], governs: ['certs.example.com'] }],
      notPossible: [],
    });
  });

  it('by issuewild gets one for wildcards only', () => {
    const set = setOf('0 issue "ca1.example.net"', `0 issuewild "ca1.example.net; ${THEIRS}"`);
    const names = ['certs.example.com', '*.certs.example.com'];
    expect(additions(names.map((name) => [name, set]))).toEqual([
      ['certs.example.com', [BOUND.replace('issue', 'issuewild')]],
    ]);
  });

  it('names the method that the certificate is proved by', () => {
    const method = 'dns-persist-01';
    const set = setOf('0 issue "ca1.example.net; validationmethods=dns-01"');
    expect(additions([['certs.example.com', set]], { method })).toEqual([
      ['certs.example.com', [BOUND.replace('dns-01', method)]],
    ]);
  });

  it('is left alone where an unbound value stands there already', () => {
    const set = setOf(`0 issue "ca1.example.net; ${THEIRS}"`, '0 issue "ca1.example.net"');
    expect(additions([['certs.example.com', set]])).toEqual([]);
  });

  it.each<[string, string[], string]>([
    ['nobody', ['0 issue ";"'], 'set 0 issue "ca1.example.net" at'],
    ['nobody, with a reason', ['0 issue "; policy=none"'], 'set 0 issue "ca1.example.net" at'],
    ['nobody that can be read', ['0 issue "%%%"'], 'set 0 issue "ca1.example.net" at'],
    [
      'what only the CA knows, beside an account',
      [`0 issue "ca1.example.net; policy=ev; ${THEIRS}"`],
      `set 0 issue "ca1.example.net; policy=ev; accounturi=${ACCOUNT}; validationmethods=dns-01" at`,
    ],
    [
      'what cannot be read',
      ['0 issue "ca1.example.net; ours"'],
      `only the CA knows what the set asks for; if it shall, set ${BOUND} at`,
    ],
  ])('is refused with the line to set where it names %s', (_, records, line) => {
    const { edits, refused } = plan([['certs.example.com', setOf(...records)]]);
    expect(edits).toEqual([]);
    expect(refused).toEqual([
      { name: 'certs.example.com', identity: 'ca1.example.net', remedy: expect.stringContaining(line) },
    ]);
  });

  it('is refused while our account is not known', () => {
    const set = setOf('0 issue "ca1.example.net; validationmethods=http-01"');
    const { edits, refused } = plan([['certs.example.com', set]], {
      issuers: [{ identity: 'ca1.example.net' }],
    });
    expect(edits).toEqual([]);
    expect(refused).toMatchObject([{ remedy: expect.stringContaining('not known yet') }]);
  });
});

describe('what is wished for', () => {
  const caa = { mode: 'manage' as const, restrict: true };
  const stack = { alsoAllow: ['amazon.com'] };

  it("is the stack's unless the file says otherwise, by the method that it asks for", () => {
    expect(wishOf({ caa }, [issuer], stack)).toEqual({
      ...{ issuers: [issuer], restrict: true, alsoAllow: ['amazon.com'], iodef: undefined },
      method: methodOf({}),
    });
    const own = { ...caa, restrict: false, alsoAllow: [], iodef: 'mailto:a@b.test' };
    expect(wishOf({ caa: own, challenge: 'dns-persist-01' }, [issuer], stack)).toEqual({
      ...{ issuers: [issuer], restrict: false, alsoAllow: [], iodef: 'mailto:a@b.test' },
      method: 'dns-persist-01',
    });
  });

  it('names the method in a new set', () => {
    expect(additions([['example.com', undefined]], { restrict: true, method: 'dns-persist-01' })).toEqual([
      ['example.com', [BOUND.replace('dns-01', 'dns-persist-01')]],
    ]);
  });
});

describe('values of ours that are outdated', () => {
  const old = (tag: string, at = 'ca1.example.net') =>
    `0 ${tag} "${at}; accounturi=https://ca1.example.net/acct/0"`;
  const at = 'certs.example.com';
  const names: [string, RelevantSet][] = [at, `*.${at}`].map((name) => [
    name,
    setOf(old('issue'), old('issuewild'), old('issue', 'other.test')),
  ]);
  const removed = (values: string[], name = at) => plan(names, {}, [{ name, values }]).edits[0]?.remove;

  it('go, of each property that is written anew', () => {
    expect(removed([old('issue'), old('issuewild')])).toEqual([old('issue'), old('issuewild')]);
  });

  it.each([
    ['of another CA', [old('issue', 'other.test')], at],
    ['at another name', [old('issue')], 'example.com'],
    ['that are wanted', [BOUND], at],
    ['of a property that is not written', [old('iodef')], at],
  ])('stay %s', (_, values, name) => {
    expect(removed(values, name)).toEqual([]);
  });

  it('stay of wildcards where only the plain name is written anew', () => {
    const [plain] = names;
    const { edits } = plan(plain ? [plain] : [], {}, [{ name: at, values: [old('issuewild')] }]);
    expect(edits[0]?.remove).toEqual([]);
  });
});

describe('what is recorded as ours', () => {
  it('grows by what was added and shrinks by what was removed', () => {
    const before = [
      { name: 'a.test', values: ['old', 'kept'] },
      { name: 'b.test', values: ['gone'] },
    ];
    const edits = [
      { at: 'a.test', add: ['new'], remove: ['old'] },
      { at: 'b.test', add: [], remove: ['gone'] },
    ];
    expect(recordedAfter(before, edits)).toEqual([{ name: 'a.test', values: ['kept', 'new'] }]);
  });
});
