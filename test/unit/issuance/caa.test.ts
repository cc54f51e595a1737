import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCaa, judgeCaa, parseCaa, type RelevantSet } from '../../../lib/issuance/caa/rules/caa.ts';
import type { CaaProperty } from '../../../lib/issuance/dns/rules/caa-property.ts';

/** `0 issue "ca1.example.net"` and so on, at certs.example.com. */
function setOf(...records: string[]): RelevantSet {
  const properties = records.map((record): CaaProperty => {
    const [, flags, tag = '', value = ''] = /^(\d+) (\S+) "(.*)"$/.exec(record) ?? [];
    return { flags: Number(flags), tag, value };
  });
  return { at: 'certs.example.com', properties };
}
const judge = (name: string, set: RelevantSet | undefined, ca = 'ca1.example.net') =>
  judgeCaa(name, set, { identity: ca });

describe('CAA', () => {
  it.each<[string, string, string[], boolean]>([
    ['4.2: the issuer that is named', 'certs.example.com', ['0 issue "ca1.example.net"'], true],
    ['4.2: another issuer', 'certs.example.com', ['0 issue "ca2.example.org"'], false],
    [
      '4.2: one of several',
      'certs.example.com',
      ['0 issue "ca2.example.org"', '0 issue "ca1.example.net"'],
      true,
    ],
    [
      '4.2: an issuer with parameters',
      'certs.example.com',
      ['0 issue "ca1.example.net; account=230123"'],
      true,
    ],
    ['4.2: nobody', 'certs.example.com', ['0 issue ";"'], false],
    ['4.2: nobody, and somebody', 'certs.example.com', ['0 issue ";"', '0 issue "ca1.example.net"'], true],
    ['4.2: a malformed value names nobody', 'certs.example.com', ['0 issue "%%%%%"'], false],
    [
      '4.2: only iodef restricts nothing',
      'certs.example.com',
      ['0 iodef "mailto:security@example.com"'],
      true,
    ],
    ['4.2: only an unknown property restricts nothing', 'certs.example.com', ['0 tbs "Unknown"'], true],
    [
      '4.3: issuewild is nothing to plain names',
      'certs.example.com',
      ['0 issuewild "ca2.example.org"'],
      true,
    ],
    ['4.3: issue counts for wildcards', '*.certs.example.com', ['0 issue "ca2.example.org"'], false],
    [
      '4.3: issuewild goes before issue',
      '*.certs.example.com',
      ['0 issue "ca1.example.net"', '0 issuewild "ca2.example.org"'],
      false,
    ],
    [
      '4.3: issuewild alone lets wildcards',
      '*.certs.example.com',
      ['0 issue ";"', '0 issuewild "ca1.example.net"'],
      true,
    ],
    [
      '4.3: issuewild lets no plain name',
      'certs.example.com',
      ['0 issue ";"', '0 issuewild "ca1.example.net"'],
      false,
    ],
    [
      '4.3: no wildcards at all',
      '*.certs.example.com',
      ['0 issue "ca1.example.net"', '0 issuewild ";"'],
      false,
    ],
    [
      '4.5: an unknown critical property',
      'certs.example.com',
      ['0 issue "ca1.example.net"', '128 tbs "Unknown"'],
      false,
    ],
    [
      '4.1: other flag bits are nothing',
      'certs.example.com',
      ['0 issue "ca1.example.net"', '127 tbs "Unknown"'],
      true,
    ],
    ['4.1: a known critical property', 'certs.example.com', ['128 issue "ca1.example.net"'], true],
    ['4.1: tags in any case', 'certs.example.com', ['0 ISSUE "ca2.example.org"'], false],
    ['4.2: issuers in any case', 'certs.example.com', ['0 issue "CA1.Example.NET"'], true],
  ])('RFC 8659, %s', (_, name, records, allowed) => {
    expect(judge(name, setOf(...records)).allowed).toBe(allowed);
  });

  it.each(['issue', 'issuewild', 'iodef', 'contactemail', 'contactphone', 'issuemail', 'issuevmc'])(
    'RFC 8659, 4.1 and the registry of its tags: %s may be critical, in any case',
    (tag) => {
      const set = setOf('0 issue "ca1.example.net"', `128 ${tag.toUpperCase()} "x.test"`);
      expect(judge('certs.example.com', set)).toEqual({ allowed: true });
    },
  );

  it('has wildcards governed by issuewild in any case', () => {
    const set = setOf('0 issue "ca1.example.net"', '0 ISSUEWILD "ca2.example.org"');
    expect(judge('*.certs.example.com', set).allowed).toBe(false);
    expect(judge('certs.example.com', set).allowed).toBe(true);
  });

  it('counts only the bit of 128 as critical, also beside others', () => {
    expect(judge('certs.example.com', setOf('129 tbs "Unknown"')).allowed).toBe(false);
    expect(judge('certs.example.com', setOf('64 tbs "Unknown"')).allowed).toBe(true);
  });

  it('knows its CA by each of its names', () => {
    const asker = { identity: 'ca1.example.net', alsoNamed: ['other.example', 'Third.example'] };
    for (const issuer of ['ca1.example.net', 'other.example', 'third.EXAMPLE'])
      expect(judgeCaa('certs.example.com', setOf(`0 issue "${issuer}"`), asker).allowed).toBe(true);
    expect(judgeCaa('certs.example.com', setOf('0 issue "fourth.example"'), asker).allowed).toBe(false);
  });

  it('names all that forbid', () => {
    expect(judge('certs.example.com', setOf('0 issue ";"', '0 issue "ca2.example.org"'))).toMatchObject({
      because: '0 issue ";", 0 issue "ca2.example.org" at certs.example.com',
    });
  });

  it('lets everybody where there is none', () => {
    expect(judge('example.com', undefined)).toEqual({ allowed: true });
  });

  it('says which record forbids, and where', () => {
    expect(judge('a.certs.example.com', setOf('0 issue "ca2.example.org"', '0 iodef "mailto:a@b"'))).toEqual({
      allowed: false,
      reason: 'caa-forbids',
      because: '0 issue "ca2.example.org" at certs.example.com',
    });
    expect(judge('certs.example.com', setOf('128 tbs "Unknown"'))).toEqual({
      allowed: false,
      reason: 'caa-unknown-critical',
      because: '128 tbs "Unknown" at certs.example.com',
    });
  });

  it('knows its CA in any case', () => {
    expect(judge('certs.example.com', setOf('0 issue "ca1.example.net"'), 'CA1.example.net').allowed).toBe(
      true,
    );
  });
});

const OURS = 'accounturi=https://ca1.example.net/acct/1';
const TWICE = `${OURS}; ${OURS}`;

describe('CAA with an account', () => {
  const issuer = { identity: 'ca1.example.net', accountUri: 'https://ca1.example.net/acct/1' };
  it.each([
    ['RFC 8657, 3: our account', 'ca1.example.net; accounturi=https://ca1.example.net/acct/1', true],
    ['RFC 8657, 3: another account', 'ca1.example.net; accounturi=https://ca1.example.net/acct/2', false],
    ['RFC 8657, 4: our method', 'ca1.example.net; validationmethods=http-01,dns-01', true],
    ['RFC 8657, 4: other methods', 'ca1.example.net;validationmethods=http-01', false],
    ['RFC 8657, 3: an account that is there twice', `ca1.example.net; ${TWICE}`, false],
    ['RFC 8657, 3: a tag in capitals', 'ca1.example.net; ACCOUNTURI=https://x.test', false],
    ['RFC 8657: our account by another method', `ca1.example.net; ${OURS}; validationmethods=http-01`, false],
    ['RFC 8659, 4.2: a parameter without a value', 'ca1.example.net; policy=', true],
    ['RFC 8659, 4.2: spaces around', 'ca1.example.net ; policy \t= ev ', true],
    ['RFC 8659, 4.2: nothing after the semicolon', 'ca1.example.net;', true],
    ['RFC 8659, 4.2: two semicolons', 'ca1.example.net;;', false],
    ['RFC 8659, 4.2: no parameter', 'ca1.example.net; policy', false],
    ['RFC 8659, 4.2: something before a parameter', 'ca1.example.net; x policy=ev', false],
    ['RFC 8659, 4.2: a space in a value', 'ca1.example.net; policy=e v', false],
    ['RFC 8659, 4.2: a space in the issuer', 'ca1. example.net', false],
    ['RFC 8659, 4.2: a hyphen at the end of a name', 'ca1.example.net; policy-=ev', false],
    ['RFC 8659, 4.2: an issuer with an underscore', 'ca1_example.net', false],
    ['RFC 8659, 4.2: unknown parameters', 'ca1.example.net; policy=ev', true],
  ])('%s', (_, value, allowed) => {
    expect(judgeCaa('certs.example.com', setOf(`0 issue "${value}"`), issuer).allowed).toBe(allowed);
  });

  it('tells a wrong account from another CA', () => {
    const set = setOf('0 issue "ca1.example.net; accounturi=https://ca1.example.net/acct/2"');
    expect(judgeCaa('certs.example.com', set, issuer)).toMatchObject({ reason: 'caa-wrong-account' });
  });

  it('is not held against an account that is not known yet', () => {
    const set = setOf('0 issue "ca1.example.net; accounturi=https://ca1.example.net/acct/2"');
    expect(judgeCaa('certs.example.com', set, { identity: 'ca1.example.net' }).allowed).toBe(true);
  });
});

describe('the presentation format', () => {
  it.each<[string, CaaProperty]>([
    ['0 issue "ca.test; a=b"', { flags: 0, tag: 'issue', value: 'ca.test; a=b' }],
    ['0 issue ca.test', { flags: 0, tag: 'issue', value: 'ca.test' }],
    ['128  issue\t"ca.test" ', { flags: 128, tag: 'issue', value: 'ca.test' }],
    ['0 issue "ca.test\\; a=b"', { flags: 0, tag: 'issue', value: 'ca.test; a=b' }],
    ['0 issue "ca.test\\073 a=b"', { flags: 0, tag: 'issue', value: 'ca.test; a=b' }],
    ['0 iodef "mailto:\\"a\\"@b.test"', { flags: 0, tag: 'iodef', value: 'mailto:"a"@b.test' }],
    ['0 issue "ca.test\\\\\\"x"', { flags: 0, tag: 'issue', value: 'ca.test\\"x' }],
    ['0 issue "\\000\\377\\400"', { flags: 0, tag: 'issue', value: '\u0000\u00ff400' }],
    ['  0 issue ca.test  ', { flags: 0, tag: 'issue', value: 'ca.test' }],
    ['x 0 issue "ca.test"', { flags: 0, tag: 'unreadable', value: 'x 0 issue "ca.test"' }],
    ['0 issue "ca.test" x', { flags: 0, tag: 'unreadable', value: '0 issue "ca.test" x' }],
    ['0 issue', { flags: 0, tag: 'unreadable', value: '0 issue' }],
  ])('%s is read', (text, property) => {
    expect(parseCaa(text)).toEqual(property);
  });

  it('is read as it was written, whatever the value', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const property = { flags: 0, tag: 'issue', value };
        expect(parseCaa(formatCaa(property))).toEqual(property);
      }),
    );
  });
});
